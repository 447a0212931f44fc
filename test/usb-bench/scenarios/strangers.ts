/** Devices that share the ids of boards and are none: plugged in beside them, and not touched by anybody but the kernel. */
import type { Bench } from '../bench.ts';
import type { BoardName } from '../emulators/boards.ts';
import { SHIFT } from './practice-house.ts';

const strangers = ['gadget-cp2102', 'gadget-cp2105', 'gadget-ft230x', 'gadget-hobby', 'bitaxe-stock'] as const satisfies BoardName[];
/** The kernel's own drivers speak to what they bind to. Once there has been silence for so long they are done, and nobody has a reason to. */
const QUIET_MS = 3_000;
/** A slow guest binds late, one device after the other. */
const BIND_LIMIT_MS = 60_000;

export const isStranger = (name: BoardName): boolean => (strangers as readonly BoardName[]).includes(name);

/** Plugs them in; what it returns checks them, and pulls them out. */
export async function inviteStrangers(bench: Bench): Promise<() => Promise<void>> {
  const busids: string[] = [];
  for (const name of strangers) busids.push(await bench.plugIn(name, { shift: SHIFT }));
  await kernelIsDone(bench, busids);
  for (const busid of busids) bench.board(busid).usb.touches.clear();
  return async () => {
    for (const busid of busids) {
      const { name, usb } = bench.board(busid);
      bench.check(
        `${name}: is left alone`,
        usb.touches.count === 0,
        `${usb.touches.count} touches ${JSON.stringify(usb.touches.kept[0] ?? '')}`,
      );
      await bench.unplug(busid);
    }
  };
}

async function kernelIsDone(bench: Bench, busids: readonly string[]): Promise<void> {
  let seen = { touches: 0, at: bench.now() };
  await bench.until(() => {
    const touches = busids.reduce((sum, busid) => sum + bench.board(busid).usb.touches.count, 0);
    if (touches !== seen.touches) seen = { touches, at: bench.now() };
    return bench.now() - seen.at >= QUIET_MS ? true : undefined;
  }, BIND_LIMIT_MS);
}
