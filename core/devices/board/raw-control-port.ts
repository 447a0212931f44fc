/** The control port of bitaxe-raw firmware: requests in turn over the first CDC function, as promises. */
import { AppError } from '../../errors.ts';
import type { Clock, UsbLink } from '../../ports.ts';
import { type ControlEvent, RawControl } from '../bridge/raw-control.ts';
import type { ControlDialect } from '../bridge/raw-control-answer.ts';
import { type ControlRequest, i2cWrite, i2cWriteRead } from '../bridge/raw-control-request.ts';
import type { I2cBus } from '../sensor/i2c.ts';
import type { BoardFault } from './board-fault.ts';

export interface ControlPortOptions {
  readonly link: UsbLink;
  readonly clock: Clock;
  readonly endpointIn: number;
  readonly endpointOut: number;
  /** Of Bitaxes when absent. */
  readonly dialect?: ControlDialect;
}

interface Waiting {
  readonly resolve: (data: Uint8Array) => void;
  readonly reject: (error: AppError) => void;
}

export class RawControlPort implements I2cBus {
  readonly #options: ControlPortOptions;
  readonly #control: RawControl;
  readonly #waiting = new Map<number, Waiting>();
  #nextKey = 0;
  #cancelTick: () => void = () => {};

  constructor(options: ControlPortOptions) {
    this.#options = options;
    this.#control = new RawControl(options.dialect ?? 'v0');
    options.link.listen(options.endpointIn, {
      onPacket: (bytes) => this.#heard(this.#control.receive(bytes, this.#now())),
      onEnd: (fault) => this.#end(new AppError(fault, 'machine')),
    });
  }

  /** The data of a success. @throws AppError<BoardFault> */
  ask(request: ControlRequest): Promise<Uint8Array> {
    return new Promise((resolve, reject) => {
      this.#nextKey += 1;
      this.#waiting.set(this.#nextKey, { resolve, reject });
      this.#heard(this.#control.send(this.#nextKey, request, this.#now()));
    });
  }

  async write(address: number, bytes: Uint8Array): Promise<void> {
    const [written] = await this.ask(i2cWrite(address, bytes));
    if (written !== bytes.length) throw failure(`${written} of ${bytes.length} bytes were taken at I2C ${address.toString(16)}`);
  }

  writeRead(address: number, bytes: Uint8Array, count: number): Promise<Uint8Array> {
    return this.ask(i2cWriteRead(address, bytes, count));
  }

  /** Nothing is answered after it. */
  end(): void {
    this.#end(failure('closed'));
  }

  #now(): number {
    return this.#options.clock.monotonic();
  }

  #heard(events: readonly ControlEvent[]): void {
    const { link, endpointOut } = this.#options;
    for (const event of events) {
      if (event.type === 'write') link.write(endpointOut, event.bytes).catch((error: unknown) => this.#end(error as AppError));
      else this.#answered(event);
    }
    this.#arm();
  }

  #answered(event: Exclude<ControlEvent, { type: 'write' }>): void {
    const waiting = this.#waiting.get(event.key);
    this.#waiting.delete(event.key);
    if (event.type === 'answer') waiting?.resolve(event.data);
    else waiting?.reject(failure('text' in event.fault ? event.fault.text || `error ${event.fault.status}` : event.fault.code));
  }

  #arm(): void {
    this.#cancelTick();
    const { deadline } = this.#control;
    if (deadline === undefined) return;
    this.#cancelTick = this.#options.clock.after(deadline - this.#now(), () => this.#heard(this.#control.tick(this.#now())));
  }

  #end(error: AppError): void {
    this.#cancelTick();
    const all = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const { reject } of all) reject(error);
  }
}

function failure(text: string): AppError<BoardFault> {
  return new AppError<BoardFault>({ code: 'device-sensor-silent', sensor: 'control port', text }, 'machine');
}
