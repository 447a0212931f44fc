/** First run: one decision a screen, kept over a reload. The order of the screens depends on how one wants to mine. */
import type { SourceSettings } from '../../core/contract.ts';
import { Kept } from './kept.svelte.ts';
import type { Live } from './live.svelte.ts';
import { SourceForm } from './source-form.svelte.ts';

export type Way = 'pool' | 'solo-pool' | 'solo-node';
export type Step = 'way' | 'payout' | 'which' | 'test' | 'devices';
export const steps: readonly Step[] = ['way', 'payout', 'which', 'test', 'devices'];

type Progress = {
  readonly step: Step;
  readonly way: Way | '';
  /** The card chosen: a preset's id, `own`, or nothing yet. */
  readonly chosen: string;
  /** The pool wants an account name; the question for an address was passed over. */
  readonly noAddress: boolean;
};

export class FirstRun {
  readonly form: SourceForm;
  readonly progress: Kept<Progress>;
  starting = $state(false);
  readonly #live: Live;

  constructor(live: Live, store?: Storage) {
    this.#live = live;
    this.form = new SourceForm(live, 'first', {}, store);
    this.progress = new Kept<Progress>('first-run', { step: 'way', way: '', chosen: '', noAddress: false }, store);
    // A test does not survive a reload: its screen begins before it.
    if (this.step === 'test' || this.step === 'devices') this.progress.patch({ step: 'which' });
  }

  get step(): Step {
    return this.progress.value.step;
  }
  get way(): Way | '' {
    return this.progress.value.way;
  }
  get place(): { readonly n: number; readonly total: number } {
    return { n: steps.indexOf(this.step) + 1, total: steps.length };
  }

  choose(way: Way): void {
    const changed = way !== this.way;
    this.form.set({ kind: way === 'solo-node' ? 'solo' : 'pool', ...(changed ? { presetId: '', url: '' } : {}) });
    this.progress.patch({ way, step: 'payout', ...(changed ? { chosen: '' } : {}) });
  }

  /** From the address on: only a whole one goes through. */
  async payoutDone(): Promise<void> {
    await this.form.address.now();
    this.form.touch('address');
    if (!this.form.addressProblem()) this.progress.patch({ step: 'which', noAddress: false });
  }
  skipPayout(): void {
    this.progress.patch({ step: 'which', noAddress: true });
  }

  pick(chosen: string): void {
    this.form.set({ presetId: chosen === 'own' ? '' : chosen, name: '' });
    this.progress.patch({ chosen });
  }
  /** A link from a web page: its address is filled in, and nothing more. */
  handOver(url: string): void {
    this.form.set({ kind: 'pool', presetId: '', url });
    this.progress.patch({ way: this.way || 'pool', chosen: 'own', step: this.step === 'way' ? 'payout' : this.step });
  }

  async whichDone(): Promise<void> {
    if (!(await this.form.ready())) return;
    this.progress.patch({ step: 'test' });
    if (!(await this.form.startTest())) this.progress.patch({ step: 'which' });
  }
  testDone(): void {
    this.progress.patch({ step: 'devices' });
  }

  async back(): Promise<void> {
    if (this.step === 'test') await this.form.cancelTest();
    const before = steps[steps.indexOf(this.step) - 1];
    this.progress.patch({ step: this.step === 'devices' ? 'which' : (before ?? 'way') });
  }

  /** Stores the source, ends first run, starts mining. True when it was done. */
  async finish(): Promise<boolean> {
    return this.#finish(this.form.message());
  }
  async practise(source: SourceSettings): Promise<boolean> {
    return this.#finish({ source });
  }

  async #finish(message: { source: SourceSettings; secret?: string }): Promise<boolean> {
    this.starting = true;
    const done = await this.#live.do('welcome.finish', message);
    this.starting = false;
    if (!done) return false;
    this.form.reset();
    this.progress.reset();
    return true;
  }
}
