/** Hash threads that do nothing by themselves: a test says what they find and when they crash. */
import type { HashKernel, HashListener, HashTask, HashThread, HashTrial, HashWorkers } from '../../core/ports.ts';

export class FakeHashThread implements HashThread {
  readonly listener: HashListener;
  /** Every task it was given, in order. */
  readonly tasks: (HashTask | undefined)[] = [];
  dutyCycle = 1;
  hashes = 0;
  stopped = false;

  constructor(listener: HashListener) {
    this.listener = listener;
  }

  get task(): HashTask | undefined {
    return this.tasks.at(-1);
  }

  assign(task: HashTask | undefined): void {
    this.tasks.push(task);
  }

  setDutyCycle(share: number): void {
    this.dutyCycle = share;
  }

  takeHashes(): number {
    const { hashes } = this;
    this.hashes = 0;
    return hashes;
  }

  async stop(): Promise<void> {
    this.stopped = true;
  }
}

export class FakeHashWorkers implements HashWorkers {
  readonly processors: number;
  readonly threads: FakeHashThread[] = [];
  readonly kernels: string[] = [];

  constructor(processors: number) {
    this.processors = processors;
  }

  start(kernels: readonly HashKernel[], _trial: HashTrial, listener: HashListener): FakeHashThread {
    this.kernels.push(...kernels.map((kernel) => kernel.name));
    const thread = new FakeHashThread(listener);
    this.threads.push(thread);
    return thread;
  }
}
