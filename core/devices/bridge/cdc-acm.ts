/**
 * USB CDC-ACM as on bitaxe-raw and EmberOne firmware: two functions, the first for control, the second the chips' UART.
 * The firmware copies the data port's line-coding rate to the chips. DTR is asserted once and left alone: some firmwares drop
 * data without it, and toggling it resets others.
 */
import { EMPTY } from '../../bytes.ts';
import type { UartChange, UartFormat } from '../../ports.ts';
import { type Bridge, type BridgePlan, control, u32Le } from './bridge.ts';

const SET_LINE_CODING = 0x20;
const SET_CONTROL_LINE_STATE = 0x22;
const DTR_AND_RTS = 0x0003;
const COMMUNICATIONS = 0x02;
const ABSTRACT_CONTROL = 0x02;
const DATA = 0x0a;
/** Until another rate is set; both UARTs of a board. */
export const CDC_ACM_FORMAT: UartFormat = { baud: 115_200, parity: 'none' };

/** The part of a configuration's description that matters here; what WebUSB gives fits. */
export interface InterfaceShape {
  readonly interfaceNumber: number;
  readonly interfaceClass: number;
  readonly interfaceSubclass: number;
  readonly endpoints: readonly EndpointShape[];
}

export interface EndpointShape {
  readonly endpointNumber: number;
  readonly direction: 'in' | 'out';
  readonly type: 'bulk' | 'interrupt' | 'isochronous';
}

/** One CDC-ACM function. Endpoint numbers are what transfers want. */
export interface AcmFunction {
  readonly commInterface: number;
  readonly dataInterface: number;
  readonly endpointIn: number;
  readonly endpointOut: number;
}

/** The functions of a configuration in the order of their interfaces: on these boards first control, then chips. */
export function findAcmFunctions(interfaces: readonly InterfaceShape[]): readonly AcmFunction[] {
  const sorted = [...interfaces].sort((a, b) => a.interfaceNumber - b.interfaceNumber);
  return sorted.flatMap((comm, index) => {
    if (comm.interfaceClass !== COMMUNICATIONS || comm.interfaceSubclass !== ABSTRACT_CONTROL) return [];
    const data = sorted.slice(index + 1).find(({ interfaceClass }) => interfaceClass === DATA);
    const endpointIn = data && bulk(data, 'in');
    const endpointOut = data && bulk(data, 'out');
    if (data === undefined || endpointIn === undefined || endpointOut === undefined) return [];
    return [{ commInterface: comm.interfaceNumber, dataInterface: data.interfaceNumber, endpointIn, endpointOut }];
  });
}

/** The UART behind a function, by its comm interface. */
export function cdcAcm(commInterface: number): Bridge {
  const setBaud = (baud: number): BridgePlan => [control({ ...request(SET_LINE_CODING, 0, { baud }), data: lineCoding(baud) })];
  const request = (number: number, value: number, uart: UartChange) =>
    ({ requestType: 'class', recipient: 'interface', request: number, value, index: commInterface, data: EMPTY, uart }) as const;
  return {
    format: CDC_ACM_FORMAT,
    open: () => [
      ...setBaud(CDC_ACM_FORMAT.baud),
      control(request(SET_CONTROL_LINE_STATE, DTR_AND_RTS, { lines: { dtr: true, rts: true } })),
    ],
    setBaud,
    received: (transfer) => transfer,
  };
}

/** Seven bytes: rate, one stop bit, no parity, eight data bits. */
export function lineCoding(baud: number): Uint8Array {
  return Uint8Array.of(...u32Le(baud), 0x00, 0x00, 0x08);
}

function bulk({ endpoints }: InterfaceShape, direction: 'in' | 'out'): number | undefined {
  return endpoints.find((endpoint) => endpoint.type === 'bulk' && endpoint.direction === direction)?.endpointNumber;
}
