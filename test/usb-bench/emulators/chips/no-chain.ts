/** No chips at all, at the far end of a wire: what a gadget that is no miner has there. It never says a word. */
import { type Chain, type ChainStats, Hearing } from './chain.ts';

const BAUD = 115_200;
const NOTHING = { hashes: 0, lostHashes: 0, starvedHashes: 0, jobs: 0, noncesSent: 0 };
const STATS: ChainStats = { ...NOTHING, chips: 0, megahertz: 0, hashesPerSecond: 0 };

export class NoChain implements Chain {
  readonly #hearing = new Hearing();
  readonly baud = BAUD;
  readonly stats = STATS;

  get heard() {
    return this.#hearing.heard;
  }

  get complaints() {
    return this.#hearing.complaints;
  }

  /** Whatever comes was meant for somebody else. */
  receive(bytes: Uint8Array, now: number): void {
    this.#hearing.note(bytes, now, 'garbage');
  }

  advance(): void {}
  setReset(): void {}
  setPower(): void {}
  setAlive(): void {}
}
