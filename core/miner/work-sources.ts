/**
 * Settings of a source → the source itself. Each kind's code is loaded when it is first wanted, so that a start costs
 * only what is used.
 */
import { decodeAddress } from '../bitcoin/address.ts';
import type { SourceSettings } from '../contract.ts';
import { AppError } from '../errors.ts';
import type { NodeAuth } from '../pool/node-rpc.ts';
import type { WorkSource } from '../pool/source.ts';
import type { Clock, Dialer, Files, Http, Listeners, Log, Random } from '../ports.ts';
import type { PracticeOptions } from '../practice/practice.ts';

export interface SourceWorld {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly files: Files;
  readonly dialer: Dialer;
  readonly http: Http;
  readonly listeners: Listeners;
  readonly version: string;
  readonly dataPath: string;
  /** Of the practice chain; for tests. */
  readonly practice?: PracticeOptions;
}

type Make = (settings: SourceSettings, secret: string | undefined) => Promise<WorkSource>;

export function workSources(world: SourceWorld): Make {
  return (settings, secret) => {
    switch (settings.kind) {
      case 'practice':
        return practiceSource(world, settings);
      case 'pool':
        return poolSource(world, settings, secret);
      case 'solo':
        return soloSource(world, settings, secret);
    }
  };
}

type SettingsOf<K extends SourceSettings['kind']> = Extract<SourceSettings, { kind: K }>;

/** The embedded pool on a port of this computer, and a client of it like of any other pool. */
async function practiceSource(world: SourceWorld, { id }: SettingsOf<'practice'>): Promise<WorkSource> {
  const { startPractice } = await import('../practice/practice.ts');
  const { listeners, clock, random, log } = world;
  const practice = await startPractice({ listeners, clock, random, log, ...(world.practice && { options: world.practice }) });
  const settings: SettingsOf<'pool'> = { kind: 'pool', id, name: '', url: practice.url, user: 'practice', channel: 'extended' };
  const source = await poolSource(world, settings, undefined);
  return {
    id,
    start: (listener) => source.start(listener),
    submit: (share) => source.submit(share),
    setHashrate: (hashesPerSecond) => source.setHashrate(hashesPerSecond),
    proof: () => source.proof(),
    async stop(graceMs) {
      await source.stop(graceMs);
      await practice.stop();
    },
  };
}

/** A secret of a pool is the token it wants in place of a user name. */
async function poolSource(world: SourceWorld, settings: SettingsOf<'pool'>, secret: string | undefined): Promise<WorkSource> {
  const modules = [import('../pool/v2-pool.ts'), import('../pool/pool-url.ts'), import('../pool/payout.ts')] as const;
  const [{ V2Pool }, { parsePoolUrl }, { FEE_ALLOWANCE }] = await Promise.all(modules);
  const url = parsePoolUrl(settings.url);
  if (url.protocol !== 'stratum-v2') throw new AppError({ code: 'url-protocol-unknown' }, 'user');
  const { id, channel } = settings;
  const { dialer, clock, random, log, version } = world;
  const user = secret ?? settings.user;
  const decoded = decodeAddress(user.split('.')[0] ?? '');
  const network = (decoded.ok ? decoded.address.networks[0] : undefined) ?? 'main';
  const paid = settings.paysUser && decoded.ok ? { expectedPayout: { script: decoded.address.script, leastPart: 1 - FEE_ALLOWANCE } } : {};
  return new V2Pool({ id, url, user, channel, dialer, clock, random, log, version, network, ...paid });
}

async function soloSource(world: SourceWorld, settings: SettingsOf<'solo'>, secret: string | undefined): Promise<WorkSource> {
  const { SoloSource } = await import('../pool/solo.ts');
  const { id, url, address } = settings;
  const { http, files, dialer, clock, random, log, dataPath } = world;
  const blocksPath = `${dataPath}/blocks-${id.replace(/[^A-Za-z0-9_-]/g, '_')}.json`;
  return new SoloSource({ id, url, auth: authOf(settings, secret), address, blocksPath, http, files, dialer, clock, random, log });
}

function authOf({ cookiePath, rpcUser }: SettingsOf<'solo'>, secret: string | undefined): NodeAuth {
  if (cookiePath !== undefined) return { kind: 'cookie', path: cookiePath };
  return rpcUser === undefined ? { kind: 'nothing' } : { kind: 'password', user: rpcUser, password: secret ?? '' };
}
