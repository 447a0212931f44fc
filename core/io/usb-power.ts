/** What the system knows of a device's power: the package tells the speed, Linux what was asked for and which hub is in between. */
import type { UsbPower } from '../ports.ts';
import { readDescriptors } from './usb-descriptors.ts';
import { sysName } from './usb-holder.ts';
import type { NativeDevice } from './usb-native.ts';
import type { UsbWorld } from './usb-world.ts';

const speeds = { low: 'low', full: 'full', high: 'high', super: 'super', superPlus: 'super' } as const;

export async function powerOf(native: NativeDevice, { system, paths }: UsbWorld): Promise<UsbPower> {
  const speed = speeds[native.speed as keyof typeof speeds] as UsbPower['speed'];
  const known = speed === undefined ? {} : { speed };
  if (system !== 'linux') return known;
  const own = await readDescriptors(paths.sys, sysName(native));
  const hub = await hubOf(native, paths.sys);
  return { ...known, ...(own && { maxMilliamps: own.maxMilliamps }), ...(hub && { hub }) };
}

/** Undefined: it is plugged into the computer itself. */
async function hubOf({ bus, ports }: NativeDevice, sys: string): Promise<UsbPower['hub']> {
  if (ports.length < 2) return undefined;
  const name = sysName({ bus, ports: ports.slice(0, -1) });
  const described = await readDescriptors(sys, name);
  return described && { location: `usb ${name}`, hasOwnSupply: described.hasOwnSupply };
}
