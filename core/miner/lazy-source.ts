/**
 * A source that is still being made (its secret is read, its code loaded, the practice pool started) behind the same
 * interface: what is asked of it meanwhile is kept, and a failure shows as `refused`.
 */
import { faultOf } from '../errors.ts';
import type { SourceEvent, SourceProof, WorkSource } from '../pool/source.ts';
import type { Share } from '../work/job.ts';

/** @param before proof while the real source is not there */
export function lazySource(id: string, before: SourceProof, make: () => Promise<WorkSource>): WorkSource {
  let real: WorkSource | undefined;
  let making: Promise<void> | undefined;
  let hashrate: number | undefined;
  let stopped = false;

  async function begin(listener: (event: SourceEvent) => void): Promise<void> {
    try {
      const made = await make();
      if (stopped) return await made.stop(0);
      real = made;
      if (hashrate !== undefined) made.setHashrate(hashrate);
      made.start(listener);
    } catch (error) {
      if (!stopped) listener({ type: 'state', state: { at: 'refused', fault: faultOf(error), step: 'name' } });
    }
  }

  return {
    id,
    start(listener) {
      listener({ type: 'state', state: { at: 'connecting', step: 'name' } });
      making = begin(listener);
    },
    submit: (share: Share) => real?.submit(share),
    setHashrate(hashesPerSecond) {
      hashrate = hashesPerSecond;
      real?.setHashrate(hashesPerSecond);
    },
    proof: () => real?.proof() ?? before,
    async stop(graceMs) {
      stopped = true;
      if (real) return real.stop(graceMs);
      await making;
    },
  };
}
