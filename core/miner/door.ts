/** The miner's door: parses what comes in, carries out commands, hands out snapshots. Nothing it does throws. */
import type { CommandArgs, CommandName, CommandReplies, CommandResult, Door } from '../contract.ts';
import { AppError, faultOf } from '../errors.ts';
import { commandsOf } from './commands.ts';
import type { Miner } from './miner.ts';
import { parseCommand } from './parse-command.ts';
import { snapshotOf } from './snapshot.ts';
import { SnapshotFeed } from './snapshot-feed.ts';
import { SourceTests } from './source-test.ts';
import { faultSnapshot } from './standing-faults.ts';

export interface OpenDoor extends Door {
  /** Ends tests and snapshots; the miner is closed by its owner. */
  close(): void;
}

export function openDoor(miner: Miner): OpenDoor {
  const { clock, log } = miner.options;
  const tests = new SourceTests({ clock, open: (source, secret) => miner.openSource(source, secret), onChange: () => feed.changed() });
  const feed = new SnapshotFeed({ clock, take: () => snapshotOf(miner, tests), listen: (onEvent) => miner.events.listen(onEvent) });
  const unlisten = miner.onChange(() => feed.changed());
  const handlers = commandsOf(miner, tests);

  async function command<N extends CommandName>(name: N, args: CommandArgs<N>): Promise<CommandResult<N>> {
    try {
      const parsed = parseCommand(name, args);
      const reply = (await handlers[name](parsed as never)) as CommandReplies[N];
      log.write('info', 'command', { name });
      return { ok: true, reply };
    } catch (error) {
      const fault = faultSnapshot(faultOf(error), 'app', clock.now());
      if (!(error instanceof AppError)) log.write('error', 'command-failed', { name, text: String(error) });
      return { ok: false, fault };
    }
  }

  return {
    command,
    watch: (onSnapshot, onEvent) => feed.watch(onSnapshot, onEvent),
    close() {
      unlisten();
      tests.cancel();
      feed.stop();
    },
  };
}
