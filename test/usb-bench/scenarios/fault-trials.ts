/**
 * What is made to go wrong, and what the app should say of it. `codes`: exactly these faults are told, in this order; none where
 * a driver takes the trouble in its stride. Afterwards the board hashes again, whatever it was.
 */
import type { Board, BoardFault } from '../emulators/board.ts';

export interface FaultTrial {
  readonly name: string;
  readonly codes: readonly string[];
  /** What is injected, one after the other, each once the frames of the one before have passed. */
  faults(board: Board): readonly BoardFault[];
  /** What ends it, once the codes were told. */
  readonly relief?: readonly BoardFault[];
  /** It would wait half a minute by itself: a person touches its settings, and it is tried at once. */
  readonly isTouched?: boolean;
  /** Power has to be gone before anything else is said to the chips, and before anybody is told. */
  readonly cutsPower?: boolean;
  /** Of `hardwareErrors`: damaged frames that no checksum guards may pass for wrong answers, at most so many. */
  readonly mostErrors?: number;
}

/** Frames that a wire fault touches. */
export const FRAMES = 2;
const frames = FRAMES;
const BULK = 'bulk';
/** Every split of a reply of eleven bytes, and then some. */
const PIECES = [1, 10, 2, 9, 3, 8, 4, 7, 5, 6, 1, 1, 1, 1, 1];
/** A nonce reply is five bytes on the oldest chips, eleven on the newest: these stand in all of them. */
const EARLY_BIT = 20;
const LATE_BIT = 37;
const MIDDLE = 3;

/** Endpoints that carry data, as addresses. */
function pipes({ usb }: Board): readonly number[] {
  return usb.spec.interfaces.flatMap(({ endpoints }) => endpoints.filter(({ type }) => type === BULK).map(({ address }) => address));
}

const alive: readonly BoardFault[] = [{ kind: 'dead-chips', alive: Number.MAX_SAFE_INTEGER }];

export const plain: readonly FaultTrial[] = [
  {
    name: 'every endpoint stalls once',
    codes: [],
    faults: (board) => pipes(board).map((endpoint) => ({ kind: 'stall', endpoint })),
  },
  { name: 'replies come in pieces', codes: [], faults: () => [{ kind: 'short-reads', pieces: PIECES }] },
  {
    name: 'bits flip',
    codes: [],
    faults: () => [
      { kind: 'flip-bit', bit: EARLY_BIT, frames },
      { kind: 'flip-bit', bit: LATE_BIT, frames },
    ],
    mostErrors: 4 * FRAMES,
  },
  { name: 'bytes are lost', codes: [], faults: () => [{ kind: 'drop-bytes', at: MIDDLE, bytes: 2, frames }], mostErrors: 2 * FRAMES },
  {
    name: 'status bytes stray into replies',
    codes: [],
    faults: () => [{ kind: 'stray-status', at: MIDDLE, frames }],
    mostErrors: 2 * FRAMES,
  },
  {
    name: 'noise comes before replies',
    codes: [],
    faults: () => [{ kind: 'noise', bytes: Uint8Array.of(0xaa, 0x00, 0x55, 0xaa), frames }],
    // Where nearly any bytes pass for a frame (Icarus), answers that follow at once are cut wrongly too.
    mostErrors: 4 * FRAMES,
  },
  { name: 'nonces come twice', codes: [], faults: () => [{ kind: 'duplicate', frames }] },
  { name: 'nonces of before come again', codes: [], faults: () => [{ kind: 'stale', back: 3, frames }], mostErrors: FRAMES },
  { name: 'no answer for a while', codes: ['device-hung'], faults: () => [{ kind: 'dead-chips', alive: 0 }], relief: alive },
  {
    name: 'no answer',
    codes: ['device-hung', 'device-no-chips'],
    faults: () => [{ kind: 'dead-chips', alive: 0 }],
    relief: alive,
  },
];

/** `no answer` has in it what is left out. */
export const short: readonly FaultTrial[] = plain.filter(({ name }) => name !== 'no answer for a while');

/** For boards beside one of the same kind: three starts without chips, one board after the other, take minutes. */
export const brief: readonly FaultTrial[] = plain.filter(({ name }) => name !== 'no answer');

/** For sticks with seconds between two nonces, of which every trial takes some. */
export const rare: readonly FaultTrial[] = plain.filter(({ name }) =>
  ['replies come in pieces', 'noise comes before replies'].includes(name),
);

const HOT_C = 118;

export const heat: FaultTrial = {
  name: 'too hot',
  codes: ['device-too-hot'],
  faults: () => [{ kind: 'temperature', tempC: HOT_C }],
  relief: [
    { kind: 'temperature', tempC: 28 },
    { kind: 'temperature', tempC: undefined },
  ],
  cutsPower: true,
};

export const silentSensor: FaultTrial = {
  name: 'the sensors are silent',
  codes: ['device-sensor-silent'],
  faults: () => [{ kind: 'sensor-silence', isSilent: true }],
  relief: [{ kind: 'sensor-silence', isSilent: false }],
  isTouched: true,
};

/** Sensors and power behind the same port: what cannot be asked cannot be switched off either. */
export const silentControl: FaultTrial = {
  ...silentSensor,
  name: 'the control port is silent',
  codes: ['device-sensor-silent', 'device-stays-on'],
};

export const fanStops: FaultTrial = {
  name: 'the fan stands still',
  codes: ['device-fan-failed'],
  // Held cool: an emulated chip without a fan is too hot before anybody can tell that the fan stands.
  faults: () => [
    { kind: 'temperature', tempC: 50 },
    { kind: 'fan-stop', isStopped: true },
  ],
  relief: [
    { kind: 'fan-stop', isStopped: false },
    { kind: 'temperature', tempC: undefined },
  ],
  isTouched: true,
  cutsPower: true,
};

export const regulator: readonly FaultTrial[] = (['over-current', 'under-voltage', 'over-temperature', 'over-voltage'] as const).map(
  (fault) => ({
    name: `the regulator trips: ${fault}`,
    codes: ['device-power-fault'],
    faults: () => [{ kind: 'regulator', fault }],
    isTouched: true,
  }),
);
