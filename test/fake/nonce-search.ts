/** The smallest search there is, for devices in a test that hash in earnest for pools that ask for next to nothing. */
import { sha256d } from '../../core/bitcoin/sha256d.ts';
import { meetsTarget } from '../../core/bitcoin/target.ts';
import type { FoundNonce, Work } from '../../core/devices/device.ts';

export class NonceSearch {
  #nonce = 0;

  /** The next nonce that meets the work's target, if there is one among so many. */
  find(work: Work, tries: number): FoundNonce | undefined {
    const header = work.header.slice();
    const view = new DataView(header.buffer);
    for (let count = 0; count < tries; count += 1) {
      this.#nonce = (this.#nonce + 1) >>> 0;
      view.setUint32(76, this.#nonce, true);
      if (meetsTarget(sha256d(header), work.target))
        return { work, nonce: this.#nonce, version: view.getUint32(0, true), ntime: view.getUint32(68, true) };
    }
    return undefined;
  }
}
