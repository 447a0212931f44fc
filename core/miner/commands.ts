/** What each command of the contract does. A missing or extra handler does not compile (rule R14). */
import { type CommandName, type CommandReplies, type ParsedArgs, type Settings, type SourceSettings, settingsSchema } from '../contract.ts';
import { AppError } from '../errors.ts';
import { checkAddress, checkSource, checkUrl } from './check-input.ts';
import { csvOf } from './csv.ts';
import { diagnosticsOf } from './diagnostics.ts';
import { bestOf, blocksOf, chartOf, outagesOf, sharesOf } from './history-queries.ts';
import type { Miner } from './miner.ts';
import { understand } from './settings.ts';
import { snapshotOf } from './snapshot.ts';
import type { SourceTests } from './source-test.ts';

export type Handlers = {
  readonly [N in CommandName]: (args: ParsedArgs<N>) => CommandReplies[N] | Promise<CommandReplies[N]>;
};

/** Handlers throw `AppError`s; the door turns them into faults. */
export function commandsOf(miner: Miner, tests: SourceTests): Handlers {
  return {
    ...miningCommands(miner),
    ...sourceCommands(miner, tests),
    ...deviceCommands(miner),
    ...historyCommands(miner),
    ...settingsCommands(miner),
    diagnostics: () => ({ text: diagnosticsOf(snapshotOf(miner, tests)) }),
  };
}

type Some<Prefix extends string> = Pick<Handlers, Extract<CommandName, `${Prefix}.${string}`>>;

function miningCommands(miner: Miner): Some<'mining'> {
  return {
    'mining.start': async () => {
      if (!(await miner.mine())) throw new AppError({ code: 'no-source' }, 'user');
      return undefined;
    },
    'mining.pause': async () => {
      await miner.pause();
      return undefined;
    },
    'mining.stop': async () => {
      await miner.stop();
      return undefined;
    },
  };
}

function sourceCommands(miner: Miner, tests: SourceTests): Some<'source'> & Some<'welcome'> {
  const keepSecret = async (id: string, secret: string | undefined) => {
    if (secret !== undefined) await miner.options.secrets.set(id, secret);
    if (secret !== undefined) miner.sources.reopen(id);
  };
  const mustExist = (id: string) => {
    if (!miner.settings.current.sources.some((source) => source.id === id)) throw new AppError({ code: 'source-unknown', id }, 'user');
  };
  return {
    'welcome.finish': async ({ source, secret }) => {
      checkSource(source);
      await keepSecret(source.id, secret);
      await miner.changeSettings((settings) => ({ ...settings, sources: first(settings.sources, source), welcomed: true }));
      await miner.mine();
      return undefined;
    },
    'source.save': async ({ source, secret }) => {
      checkSource(source);
      await keepSecret(source.id, secret);
      await miner.changeSettings((settings) => ({ ...settings, sources: saved(settings.sources, source) }));
      return undefined;
    },
    'source.remove': async ({ id }) => {
      mustExist(id);
      await miner.changeSettings((settings) => ({ ...settings, sources: settings.sources.filter((source) => source.id !== id) }));
      await miner.options.secrets.delete(id);
      if (miner.settings.current.sources.length === 0) await miner.stop();
      return undefined;
    },
    'source.order': async ({ ids }) => {
      await miner.changeSettings((settings) => ({ ...settings, sources: ordered(settings.sources, ids) }));
      return undefined;
    },
    'source.use': async ({ id }) => {
      mustExist(id);
      if (miner.control.state === 'stopped') await miner.mine();
      miner.sources.use(id);
      return undefined;
    },
    'source.test': ({ source, secret }) => {
      checkSource(source);
      return { testId: tests.start(source, secret) };
    },
    'source.cancelTest': () => {
      tests.cancel();
      return undefined;
    },
  };
}

function deviceCommands(miner: Miner): Some<'device'> & Some<'usb'> {
  const mustExist = (id: string) => {
    if (!miner.fleet.has(id)) throw new AppError({ code: 'device-unknown', id }, 'user');
  };
  return {
    'device.configure': async ({ id, settings: entry }) => {
      mustExist(id);
      const saving = miner.changeSettings((settings) => ({ ...settings, devices: { ...settings.devices, [id]: entry } }));
      miner.fleet.configure(id);
      await saving;
      return undefined;
    },
    'device.identify': ({ id }) => {
      mustExist(id);
      return { shown: miner.fleet.identify(id) };
    },
    'device.forget': async ({ id }) => {
      if (!miner.fleet.forget(id)) throw new AppError({ code: 'device-unknown', id }, 'user');
      await miner.changeSettings((settings) => {
        const { [id]: _, ...devices } = settings.devices;
        return { ...settings, devices };
      });
      return undefined;
    },
    'usb.installRule': () => {
      const outcome = miner.usb.installRule();
      if (!outcome) throw new AppError({ code: 'usb-rule-not-needed' }, 'user');
      return outcome;
    },
  };
}

function historyCommands(miner: Miner): Some<'history'> {
  const { history } = miner;
  const { clock } = miner.options;
  return {
    'history.chart': ({ range }) => chartOf(history, clock, range),
    'history.shares': ({ before, limit }) => sharesOf(history, before, limit),
    'history.best': () => bestOf(history, miner.practice),
    'history.blocks': () => blocksOf(history),
    'history.outages': ({ before, limit }) => outagesOf(history, before, limit),
    'history.csv': async ({ what }) => ({ csv: await csvOf(history, clock, what) }),
  };
}

function settingsCommands(miner: Miner): Some<'preferences'> & Some<'check'> & Some<'settings'> {
  return {
    'preferences.set': async ({ preferences }) => {
      await miner.changeSettings((settings) => ({ ...settings, preferences: merged(settings.preferences, preferences) }));
      return undefined;
    },
    'check.address': ({ text }) => checkAddress(text),
    'check.url': ({ text }) => checkUrl(text),
    // Secrets are not in the settings, so they are not in the backup.
    'settings.backup': () => ({ text: `${JSON.stringify(miner.settings.current, undefined, 2)}\n` }),
    'settings.restore': async ({ text }) => {
      const understood = understand(text);
      if (!understood.ok) throw new AppError(understood.fault, 'user');
      const { mining } = miner.settings.current;
      await miner.changeSettings(() => settingsSchema.parse({ ...understood.settings, mining }));
      for (const id of miner.fleet.ids()) miner.fleet.configure(id);
      if (understood.settings.sources.length === 0) await miner.stop();
      return undefined;
    },
  };
}

function saved(sources: readonly SourceSettings[], source: SourceSettings): SourceSettings[] {
  const known = sources.some(({ id }) => id === source.id);
  return known ? sources.map((one) => (one.id === source.id ? source : one)) : [...sources, source];
}

function first(sources: readonly SourceSettings[], source: SourceSettings): SourceSettings[] {
  return [source, ...sources.filter(({ id }) => id !== source.id)];
}

/** All ids exactly once, or the list on the screen was an old one. */
function ordered(sources: readonly SourceSettings[], ids: readonly string[]): SourceSettings[] {
  const found = ids.map((id) => sources.find((source) => source.id === id)).filter((source) => source !== undefined);
  const complete = found.length === sources.length && new Set(ids).size === sources.length && ids.length === sources.length;
  if (!complete) throw new AppError({ code: 'bad-arguments', field: 'ids' }, 'user');
  return found;
}

/** A form sends only what it knows of. */
function merged(before: Settings['preferences'], changed: ParsedArgs<'preferences.set'>['preferences']): Settings['preferences'] {
  const given = Object.fromEntries(Object.entries(changed).filter(([, value]) => value !== undefined));
  return { ...before, ...given };
}
