/**
 * Sticks with one UART and no sensors: CompacF, R909, NewPac, R606 behind an FT230X, whose CBUS pin resets the chips; Compac,
 * 2Pac, Block Erupter and Antminers behind a CP2102, which have no reset line at all: there only commands slow the chips
 * down, and on the Icarus devices the end of a job's nonces (12.8 s at most) when no other job comes.
 *
 * Without us, when the program dies or the computer sleeps unannounced, all of them keep the clock they had; the nonces of their
 * last job are through within two seconds (Icarus: see above). There is no sensor on them that could have told more.
 * Whoever comes next resets them first; after a sleep that is seen by the jump of the clock.
 */
import type { Clock, UsbDevice, UsbLink } from '../../ports.ts';
import type { Bridge, BridgePlan } from '../bridge/bridge.ts';
import { cp2102Gekko, cp2102Icarus } from '../bridge/cp210x.ts';
import { ft230x, ft230xHoldChips, ft230xResetChips, RESET_HOLD_MS } from '../bridge/ft230x.ts';
import { playBridge } from './play-bridge.ts';
import type { BoardWires, OpenWires, WiresListener } from './wires.ts';

interface StickWiring {
  readonly bridge: Bridge;
  readonly endpointIn: number;
  readonly endpointOut: number;
  readonly powerUp: BridgePlan;
  readonly powerDown: BridgePlan;
  /** Nothing in the plans but what a serial port can do. */
  readonly bySerial: boolean;
}

const ft230xStick = (holdMs: number): StickWiring => ({
  bridge: ft230x,
  endpointIn: 1,
  endpointOut: 2,
  powerUp: ft230xResetChips(holdMs),
  powerDown: ft230xHoldChips(),
  bySerial: false, // the reset pin
});

const cp2102Stick = (bridge: Bridge): StickWiring => ({
  bridge,
  endpointIn: 1,
  endpointOut: 1,
  powerUp: bridge.open(),
  powerDown: [],
  bySerial: true,
});

export const bm1397StickWires: OpenWires = (device, clock) => openStick(device, clock, ft230xStick(RESET_HOLD_MS.BM1397));
export const bm1387StickWires: OpenWires = (device, clock) => openStick(device, clock, ft230xStick(RESET_HOLD_MS.BM1387));
export const bm1384StickWires: OpenWires = (device, clock) => openStick(device, clock, cp2102Stick(cp2102Gekko));
export const icarusStickWires: OpenWires = (device, clock) => openStick(device, clock, cp2102Stick(cp2102Icarus));

async function openStick(device: UsbDevice, clock: Clock, wiring: StickWiring): Promise<BoardWires> {
  const { bridge, bySerial } = wiring;
  return new StickWires(await device.open({ interfaces: [0], ...(bySerial && { serial: [bridge.format] }) }), clock, wiring);
}

class StickWires implements BoardWires {
  readonly cutsPower = false;
  readonly #link: UsbLink;
  readonly #clock: Clock;
  readonly #wiring: StickWiring;

  constructor(link: UsbLink, clock: Clock, wiring: StickWiring) {
    this.#link = link;
    this.#clock = clock;
    this.#wiring = wiring;
  }

  async powerUp(listener: WiresListener): Promise<void> {
    const { bridge, endpointIn, powerUp } = this.#wiring;
    await playBridge(powerUp, this.#link, this.#clock);
    this.#link.listen(endpointIn, {
      onPacket: (packet) => listener.onBytes(bridge.received(packet)),
      onEnd: (fault) => listener.onEnd(fault),
    });
  }

  write(bytes: Uint8Array): Promise<void> {
    return this.#link.write(this.#wiring.endpointOut, bytes);
  }

  setBaud(baud: number): Promise<void> {
    return playBridge(this.#wiring.bridge.setBaud(baud), this.#link, this.#clock);
  }

  powerDown(): Promise<void> {
    return playBridge(this.#wiring.powerDown, this.#link, this.#clock);
  }

  close(): Promise<void> {
    return this.#link.close();
  }
}
