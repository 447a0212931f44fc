/** A server's job and tip as messages to a channel or a group (specification 5.3.15 … 5.3.17; POOL-4, POOL-5, POOL-12). */
import type { MiningFromServer } from './codec.ts';
import type { ServerJob } from './server-job.ts';

/** `future`: to be mined once SetNewPrevHash names it; otherwise at once. Standard jobs carry their merkle root. */
export function announceJob(channelId: number, job: ServerJob, when: 'future' | 'now'): MiningFromServer {
  const { template, coinbase, versionRollingAllowed } = job;
  const { version } = template;
  const common = { channelId, jobId: job.id, minNtime: when === 'future' ? undefined : template.ntime, version };
  if (job.merkleRoot !== undefined) return { name: 'NewMiningJob', ...common, merkleRoot: job.merkleRoot };
  return {
    name: 'NewExtendedMiningJob',
    ...common,
    versionRollingAllowed,
    merklePath: [...template.merklePath],
    coinbaseTxPrefix: coinbase.prefix,
    coinbaseTxSuffix: coinbase.suffix,
  };
}

export function announcePrevHash(channelId: number, { id, template, minNtime }: ServerJob): MiningFromServer {
  const { prevHash, nbits } = template;
  return { name: 'SetNewPrevHash', channelId, jobId: id, prevHash, minNtime, nbits };
}
