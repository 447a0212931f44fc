/**
 * Finds out what stands behind a CP2102 whose strings say nothing: sends the golden job once and listens. Never ends in a board
 * that hashes: it is either another model, which starts anew, or not a miner. Opened only with a person's word, because the
 * job's 64 bytes and the raised DTR and RTS lines would reach any other gadget too.
 */
import { AppError } from '../../errors.ts';
import type { Clock, UsbFailure } from '../../ports.ts';
import { IcarusProbe } from '../chip/icarus/icarus-probe.ts';
import { GOLDEN_JOB, type IcarusKind } from '../chip/icarus/probe.ts';
import type { BoardFault } from './board-fault.ts';
import { icarusStickWires } from './stick-wires.ts';
import { sleep } from './wait.ts';
import type { BoardWires, OpenWires, WiresListener } from './wires.ts';

/** @param slugOf which model answers so; undefined: one that is not driven */
export function icarusProbeWires(slugOf: (kind: IcarusKind) => string | undefined): OpenWires {
  return async (device, clock) => new IcarusProbeWires(await icarusStickWires(device, clock), clock, slugOf);
}

class IcarusProbeWires implements BoardWires {
  readonly cutsPower = true;
  readonly #wires: BoardWires;
  readonly #clock: Clock;
  readonly #slugOf: (kind: IcarusKind) => string | undefined;

  constructor(wires: BoardWires, clock: Clock, slugOf: (kind: IcarusKind) => string | undefined) {
    this.#wires = wires;
    this.#clock = clock;
    this.#slugOf = slugOf;
  }

  /** @throws AppError<BoardFault> always: `device-other-board`, or why not */
  async powerUp(listener: WiresListener): Promise<void> {
    const { probe, fault } = await this.#ask(listener);
    if (fault !== undefined) throw new AppError(fault, 'machine');
    const { result } = probe;
    const slug = result.at === 'found' ? this.#slugOf(result.kind) : undefined;
    if (slug !== undefined) throw new AppError<BoardFault>({ code: 'device-other-board', slug }, 'machine');
    const text = result.at === 'found' ? `it answers like a ${result.kind}` : 'it does not answer like an Icarus miner';
    throw new AppError<BoardFault>({ code: 'device-nonsense', text }, 'machine');
  }

  write(bytes: Uint8Array): Promise<void> {
    return this.#wires.write(bytes);
  }

  setBaud(baud: number): Promise<void> {
    return this.#wires.setBaud(baud);
  }

  powerDown(isHot: boolean): Promise<void> {
    return this.#wires.powerDown(isHot);
  }

  close(): Promise<void> {
    return this.#wires.close();
  }

  async #ask(listener: WiresListener): Promise<{ readonly probe: IcarusProbe; readonly fault: UsbFailure | undefined }> {
    const now = () => this.#clock.monotonic();
    const probe = new IcarusProbe(now());
    let fault: UsbFailure | undefined;
    let isAsked = false;
    await this.#wires.powerUp(
      {
        // What comes unasked answers a job of an earlier life.
        onBytes: (bytes) => void (isAsked && probe.receive(bytes, now())),
        onEnd: (why) => {
          fault = why;
          listener.onEnd(why);
        },
      },
      false,
    );
    isAsked = true;
    await this.#wires.write(GOLDEN_JOB);
    for (let { deadline } = probe; deadline !== undefined && fault === undefined; { deadline } = probe) {
      await sleep(this.#clock, deadline - now());
      probe.tick(now());
    }
    return { probe, fault };
  }
}
