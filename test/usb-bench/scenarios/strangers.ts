/** Devices that share the ids of boards and are none: plugged in beside them, and not touched by anybody but the kernel. */
import type { Bench } from '../bench.ts';
import type { BoardName } from '../emulators/boards.ts';
import { SHIFT } from './practice-house.ts';

const strangers = ['gadget-cp2102', 'gadget-cp2105', 'gadget-ft230x', 'gadget-hobby', 'bitaxe-stock'] as const satisfies BoardName[];
/** For the kernel's own drivers to bind; from then on nobody has a reason to speak to them. */
const BIND_MS = 3_000;

export const isStranger = (name: BoardName): boolean => (strangers as readonly BoardName[]).includes(name);

/** Plugs them in; what it returns checks them, and pulls them out. */
export async function inviteStrangers(bench: Bench): Promise<() => Promise<void>> {
  const busids: string[] = [];
  for (const name of strangers) busids.push(await bench.plugIn(name, { shift: SHIFT }));
  await bench.until(() => undefined, BIND_MS);
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
