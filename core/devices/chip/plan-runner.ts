/** Plays a plan against the clock: one step after the other, each with at least its stated silence after it. */
import { COMMAND_GAP_MS, type Expectation, type Plan, type PlanStep } from './plan.ts';

export class PlanRunner {
  readonly #plan: Plan;
  #next = 0;
  /** When the present step's wait is over. */
  #until: number;
  #heard = false;

  constructor(plan: Plan, nowMs: number) {
    this.#plan = plan;
    this.#until = nowMs;
  }

  /** What the present step listens for. */
  get expects(): Expectation | undefined {
    return this.#plan[this.#next - 1]?.expect;
  }

  /** When to call `due` again; undefined once the plan is over. */
  get deadline(): number | undefined {
    return this.isOver ? undefined : this.#until;
  }

  get isOver(): boolean {
    return this.#next > this.#plan.length;
  }

  /** The next step, if the one before it is over. At most one a call: its own wait begins now. */
  due(nowMs: number): PlanStep | undefined {
    if (this.isOver || nowMs < this.#until) return undefined;
    const step = this.#plan[this.#next];
    this.#next += 1;
    this.#heard = false;
    if (step !== undefined) this.#until = nowMs + Math.max(step.waitMs, step.bytes.length > 0 ? COMMAND_GAP_MS : 0);
    return step;
  }

  /** An id reply came: the step that collects them ends when there is silence after it. */
  heardChip(nowMs: number): void {
    const expects = this.expects;
    if (expects?.reply !== 'chip-ids') return;
    this.#until = this.#heard ? Math.max(this.#until, nowMs + expects.idleMs) : nowMs + expects.idleMs;
    this.#heard = true;
  }
}
