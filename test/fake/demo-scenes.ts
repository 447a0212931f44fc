/** The states of the window as snapshots. Endpoints and names are made up (documentation addresses). Only for tests. */
import {
  type DeviceSnapshot,
  type EventEntry,
  type FaultSnapshot,
  preferences,
  type Snapshot,
  type SourceSettings,
  type SourceSnapshot,
} from '../../core/contract.ts';
import { compacA2, demoDevice, eightDevices, troubledUsb, waitingBoard, windowsUsb } from './demo-devices.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const KEY = '9c44K6QVizyPWb9xfeqhckFRosxWwB3EfytGa4CfTdD526qb2QV';
const OTHER_KEY = '9c4zpyJ2ndm4e8sP2uNc1VNCGxYjqaxWS6wUCjk8zFj6njFquH6';
const ADDRESS = 'bc1qexampleexampleexampleexample9m4xe';

type Made<T> = (now: number) => T;

const sticks: Made<readonly DeviceSnapshot[]> = (now) => [
  demoDevice({
    id: 'a2',
    model: 'Compac A2',
    hashesPerSecond: 603e9,
    expectedHashesPerSecond: 614e9,
    tempC: 58,
    watts: 11.8,
    frequencyMhz: 300,
    shares: 5210,
    hardwareErrors: 21,
    since: now - 220 * HOUR,
    canIdentify: true,
    frequency: { range: [100, 450], profiles: { eco: 200, stock: 300, performance: 400 } },
  }),
  demoDevice({
    id: 'gamma',
    model: 'Bitaxe Gamma',
    hashesPerSecond: 1.041e12,
    expectedHashesPerSecond: 1.07e12,
    tempC: 56,
    fanPercent: 41,
    watts: 18.6,
    frequencyMhz: 525,
    shares: 9101,
    hardwareErrors: 18,
    since: now - 220 * HOUR,
    canIdentify: true,
  }),
  demoDevice({
    id: 'supra',
    kind: 'lan',
    model: 'Bitaxe Supra',
    location: '192.0.2.31',
    hashesPerSecond: 612e9,
    expectedHashesPerSecond: 625e9,
    tempC: 61,
    fanRpm: 4120,
    watts: 13.1,
    frequencyMhz: 485,
    shares: 5495,
    hardwareErrors: 38,
    since: now - 59 * HOUR,
  }),
];
const processor: Made<DeviceSnapshot> = (now) =>
  demoDevice({
    id: 'cpu',
    kind: 'processor',
    model: 'This computer',
    location: '4 threads',
    hashesPerSecond: 11.4e6,
    expectedHashesPerSecond: 12e6,
    tempC: 62,
    shares: 168,
    since: now - 14 * MINUTE,
    settings: { paused: false, threads: 4, dutyCycle: 0.8 },
    maxThreads: 8,
  });

const source = (part: Partial<SourceSnapshot> & Pick<SourceSnapshot, 'id' | 'name' | 'endpoint'>): SourceSnapshot => ({
  kind: 'pool',
  active: false,
  state: 'idle',
  protocol: 'stratum-v2',
  privacy: 'authenticated',
  bytesIn: 0,
  bytesOut: 0,
  accepted: 0,
  refused: 0,
  ...part,
});

const main: Made<SourceSnapshot> = (now) =>
  source({
    id: 'lantern',
    name: 'Lantern Pool',
    endpoint: 'pool.example:3333',
    user: `${ADDRESS}.shelf`,
    active: true,
    state: 'open',
    authorityKey: KEY,
    certificateFrom: Math.floor((now - 41 * MINUTE) / 1000),
    certificateUntil: Math.floor((now + 19 * MINUTE) / 1000),
    cipher: 'Noise NX, ChaCha20-Poly1305',
    channel: 'extended',
    bytesIn: 812_000,
    bytesOut: 402_000,
    v1BytesIn: 3_300_000,
    v1BytesOut: 810_000,
    roundTripMs: 38,
    accepted: 19_806,
    refused: 11,
    lastRefusal: { code: 'stale-share', at: now - 3 * HOUR },
    shareDifficulty: 38_204,
    height: 968_412,
    lastJobAt: now - 47_000,
    lastTest: { at: now - 23 * MINUTE, ok: true },
    payout: [
      { address: 'bc1q7wexampleexampleexamplek9m4xe', script: '0014', satoshi: '324918330', mine: false },
      { script: '6a24aa21a9ed', satoshi: '0', mine: false },
    ],
  });
/** As before the first answer. */
const unanswered = ({ height: _h, roundTripMs: _r, lastJobAt: _l, payout: _p, ...rest }: SourceSnapshot): SourceSnapshot => rest;
const spare: Made<SourceSnapshot> = (now) =>
  source({
    id: 'harbour',
    name: 'Harbour, solo',
    endpoint: 'solo.example:23330',
    user: `${ADDRESS}.shelf`,
    authorityKey: OTHER_KEY,
    lastTest: { at: now - 11 * MINUTE, ok: true },
  });

const settingsOf = (sources: readonly SourceSnapshot[]): SourceSettings[] =>
  sources.map(({ id, name, kind, endpoint, user, authorityKey }): SourceSettings => {
    if (kind === 'practice') return { kind, id, name };
    if (kind === 'solo') return { kind, id, name, url: `http://${endpoint}`, address: ADDRESS, cookiePath: '/home/me/.bitcoin/.cookie' };
    return {
      kind,
      id,
      name,
      url: `stratum2+tcp://${endpoint}/${authorityKey ?? KEY}`,
      user: user ?? ADDRESS,
      channel: 'extended',
      ...(id === 'harbour' ? { presetId: 'public-pool-solo' } : {}),
    };
  });

function snapshot(now: number, part: Partial<Snapshot>): Snapshot {
  const sources = part.sources ?? [main(now), spare(now)];
  const devices = part.devices ?? sticks(now);
  const sum = (value: (one: DeviceSnapshot) => number | undefined) => devices.reduce((all, one) => all + (value(one) ?? 0), 0);
  const watts = sum((one) => one.watts);
  return {
    version: '0.1.0',
    now,
    startedAt: now - 221 * HOUR,
    mining: { at: 'mining' },
    miningSince: now - 220 * HOUR,
    practice: false,
    welcomed: true,
    devices,
    usb: { state: 'on', system: 'linux', sights: [] },
    hashesPerSecond: sum((one) => one.hashesPerSecond),
    expectedHashesPerSecond: sum((one) => (one.settings.paused || one.state === 'gone' ? 0 : one.expectedHashesPerSecond)),
    accepted: sources.reduce((all, one) => all + one.accepted, 0),
    refused: sources.reduce((all, one) => all + one.refused, 0),
    pending: 0,
    unanswered: 0,
    lastAcceptedAt: now - 12_000,
    secondsPerShare: 40,
    bestSession: 612e6,
    bestEver: { difficulty: 4.81e9, at: now - 110 * 24 * HOUR },
    failoverRules: { graceMs: 20_000, stableMs: 120_000 },
    poolEstimate: { hashesPerSecond: 2.31e12, relativeError: 0.26, shares: 15 },
    blocks: 0,
    ...(watts > 0 ? { watts } : {}),
    faults: [],
    events: eventsOf(now),
    settings: { version: 1, sources: settingsOf(sources), devices: {}, preferences: preferences.parse({}), mining: true, welcomed: true },
    dataPath: '/home/me/.local/share/hearth',
    ...part,
    sources,
  };
}

function eventsOf(now: number): EventEntry[] {
  return [
    { type: 'share-accepted', count: 1, sourceId: 'lantern', total: 19_806, at: now - 12_000 },
    { type: 'share-found', deviceId: 'gamma', difficulty: 51_020, at: now - 12_100 },
    { type: 'job', sourceId: 'lantern', clean: true, height: 968_412, at: now - 47_000 },
    { type: 'share-accepted', count: 1, sourceId: 'lantern', total: 19_805, at: now - 52_000 },
    { type: 'share-accepted', count: 2, sourceId: 'lantern', total: 19_804, at: now - 92_000 },
    ...earlier(now),
  ];
}
function earlier(now: number): EventEntry[] {
  return [
    { type: 'fault-cleared', code: 'stream-lost', about: 'lantern', at: now - 46 * MINUTE },
    { type: 'source-switched', fromId: 'harbour', toId: 'lantern', reason: 'returned', at: now - 46 * MINUTE },
    { type: 'fault', fault: { code: 'stream-lost', about: 'lantern', facts: {}, since: now - 47 * MINUTE }, at: now - 47 * MINUTE },
    ...atRest(now),
  ];
}
function atRest(now: number): EventEntry[] {
  return [
    { type: 'best-share', difficulty: 612e6, at: now - 3.4 * HOUR },
    { type: 'device-state', deviceId: 'supra', state: 'hashing', at: now - 59 * HOUR },
  ];
}

const utc = (at: number): string =>
  new Date(at)
    .toISOString()
    .replace('T', ' ')
    .replace(/\.\d+Z/, ' UTC');
const quiet = { hashesPerSecond: 0, poolEstimate: { hashesPerSecond: 0, relativeError: 0, shares: 0 } } as const;
const still = (devices: readonly DeviceSnapshot[], state: DeviceSnapshot['state']): readonly DeviceSnapshot[] =>
  devices.map(({ watts: _watts, ...one }) => ({ ...one, state, hashesPerSecond: 0, tempC: 41 }));

function broken(
  now: number,
  code: FaultSnapshot['code'],
  step: string,
  state: 'waiting' | 'refused',
  facts: FaultSnapshot['facts'],
): Snapshot {
  const fault: FaultSnapshot = { code, about: 'lantern', facts, since: now - 3 * MINUTE };
  const retry = state === 'waiting' ? { retryAt: now + 24_000 } : {};
  const harbour = {
    ...spare(now),
    state: 'waiting' as const,
    fault: { ...fault, about: 'harbour' },
    lastTest: { at: now - 40_000, ok: false },
  };
  return snapshot(now, {
    ...quiet,
    mining: { at: 'waiting' },
    devices: still(sticks(now), 'idle'),
    sources: [{ ...main(now), active: false, state, step, fault, ...retry }, harbour],
    faults: [fault],
    lastAcceptedAt: now - 4 * MINUTE,
    events: [{ type: 'fault', fault, at: fault.since }, ...earlier(now)],
  });
}

const practiceSource: Made<SourceSnapshot> = (now) =>
  source({
    id: 'practice',
    kind: 'practice',
    name: 'Practice pool',
    endpoint: '127.0.0.1:34254',
    active: true,
    state: 'open',
    authorityKey: OTHER_KEY,
    cipher: 'Noise NX, ChaCha20-Poly1305',
    channel: 'extended',
    certificateFrom: Math.floor((now - 14 * MINUTE) / 1000),
    certificateUntil: Math.floor((now + 46 * MINUTE) / 1000),
    bytesIn: 7600,
    bytesOut: 17_700,
    v1BytesIn: 20_100,
    v1BytesOut: 26_000,
    roundTripMs: 0.2,
    accepted: 168,
    refused: 2,
    shareDifficulty: 0.03,
    height: 214,
    lastJobAt: now - 8000,
    payout: [{ address: ADDRESS, script: '0014', satoshi: '5000000000', mine: true }],
  });

const practice: Made<Snapshot> = (now) =>
  snapshot(now, {
    practice: true,
    miningSince: now - 14 * MINUTE,
    devices: [processor(now)],
    sources: [practiceSource(now)],
    secondsPerShare: 5,
    lastAcceptedAt: now - 3000,
    blocks: 3,
    poolEstimate: { hashesPerSecond: 11.9e6, relativeError: 0.08, shares: 160 },
    events: [
      { type: 'share-accepted', count: 1, sourceId: 'practice', total: 168, at: now - 3000 },
      { type: 'block-found', hash: '00', sourceId: 'practice', height: 214, accepted: true, at: now - 2 * MINUTE },
      { type: 'job', sourceId: 'practice', clean: true, height: 213, at: now - 7 * MINUTE },
    ],
  });

const unknown: Made<Snapshot> = (now) =>
  snapshot(now, {
    welcomed: false,
    mining: { at: 'stopped' },
    devices: [{ ...processor(now), state: 'idle', hashesPerSecond: 0 }],
    sources: [],
    accepted: 0,
    refused: 0,
    events: [],
    ...quiet,
  });

export const scenes = {
  welcome: unknown,
  mining: (now: number) => snapshot(now, {}),
  practice,
  clock: (now: number) =>
    broken(now, 'certificate-not-yet-valid', 'certificate', 'waiting', {
      'valid from': utc(now - MINUTE),
      'this clock': utc(now - 3 * MINUTE),
    }),
  'wrong-key': (now: number) =>
    broken(now, 'certificate-wrong-key', 'certificate', 'refused', { expected: KEY, host: 'pool.example', port: 3333 }),
  failover: (now: number) => {
    const fault: FaultSnapshot = {
      code: 'connection-refused',
      about: 'lantern',
      facts: { host: 'pool.example', port: 3333 },
      since: now - 6 * MINUTE,
    };
    return snapshot(now, {
      sources: [
        { ...main(now), active: false, state: 'waiting', step: 'tcp', retryAt: now + 20_000, fault },
        {
          ...spare(now),
          active: true,
          state: 'open',
          height: 968_412,
          roundTripMs: 61,
          bytesIn: 20_400,
          bytesOut: 9100,
          accepted: 9,
          cipher: 'Noise NX, ChaCha20-Poly1305',
        },
      ],
      failover: { preferredId: 'lantern', returnsAt: now + 9 * MINUTE },
      faults: [fault],
      events: [
        { type: 'share-accepted', count: 1, sourceId: 'harbour', total: 9, at: now - 12_000 },
        { type: 'share-accepted', count: 8, sourceId: 'harbour', total: 8, at: now - 52_000 },
        { type: 'source-switched', fromId: 'lantern', toId: 'harbour', reason: 'unavailable', at: now - 5.6 * MINUTE },
        { type: 'fault', fault, at: fault.since },
        ...earlier(now),
      ],
    });
  },
  paused: (now: number) => snapshot(now, { ...quiet, mining: { at: 'paused' }, devices: still(sticks(now), 'resting') }),
  starting: (now: number) =>
    snapshot(now, {
      ...quiet,
      mining: { at: 'starting' },
      devices: still(sticks(now), 'idle'),
      sources: [{ ...unanswered(main(now)), state: 'connecting', step: 'noise' }, spare(now)],
      accepted: 0,
      refused: 0,
      events: [],
    }),
  'no-device': (now: number) => snapshot(now, { ...quiet, devices: [], events: [] }),
  'no-source': (now: number) =>
    snapshot(now, {
      ...quiet,
      mining: { at: 'stopped' },
      devices: still(sticks(now), 'idle'),
      sources: [],
      accepted: 0,
      refused: 0,
      events: [],
    }),
  'device-fault': (now: number) => {
    const fault: FaultSnapshot = { code: 'hardware-errors', about: 'a2', facts: { errors: 412, of: 5210 }, since: now - 40 * MINUTE };
    const [a2, ...others] = sticks(now);
    const all = [
      ...others,
      { ...processor(now), state: 'resting' as const, hashesPerSecond: 0, settings: { paused: true } },
      demoDevice({ id: 'newpac', model: 'NewPac', chips: 2, state: 'gone', since: now - 52 * HOUR }),
    ];
    return snapshot(now, { devices: a2 ? [{ ...a2, fault, hashesPerSecond: 320e9 }, ...all] : all, faults: [fault] });
  },
  unauthenticated: (now: number) =>
    snapshot(now, {
      sources: [{ ...main(now), privacy: 'encrypted', name: 'Learning Pool' }, spare(now)],
      faults: [{ code: 'key-published', about: 'lantern', facts: {}, since: now - HOUR }],
    }),
  solo: (now: number) =>
    snapshot(now, {
      blocks: 1,
      events: [
        { type: 'job', sourceId: 'node', clean: true, height: 968_412, at: now - 7 * MINUTE },
        ...atRest(now),
        { type: 'block-found', hash: '00', sourceId: 'node', height: 960_107, accepted: true, at: now - 1400 * HOUR },
      ],
      sources: [
        source({
          id: 'node',
          kind: 'solo',
          name: 'My node',
          endpoint: '127.0.0.1:8332',
          active: true,
          state: 'open',
          protocol: 'node-rpc',
          privacy: 'local',
          height: 968_412,
          roundTripMs: 4,
          bytesIn: 912_000,
          bytesOut: 11_000,
          accepted: 4120,
          payout: [
            { address: ADDRESS, script: '0014', satoshi: '324918330', mine: true },
            { script: '6a24aa21a9ed', satoshi: '0', mine: false },
          ],
        }),
      ],
    }),
  'devices-one': (now: number) => snapshot(now, { devices: [compacA2(now)] }),
  'devices-eight': (now: number) => {
    const devices = eightDevices(now);
    return snapshot(now, { devices, faults: devices.flatMap(({ fault }) => fault ?? []) });
  },
  'devices-consent': (now: number) => snapshot(now, { devices: [waitingBoard(now), compacA2(now)] }),
  'devices-doctor': (now: number) => snapshot(now, { devices: [compacA2(now)], usb: troubledUsb(now) }),
  'devices-windows': (now: number) => snapshot(now, { ...quiet, devices: [], usb: windowsUsb(now) }),
  'welcome-board': (now: number) => ({
    ...unknown(now),
    devices: [waitingBoard(now), compacA2(now, { state: 'idle', hashesPerSecond: 0 })],
    usb: troubledUsb(now),
  }),
  many: (now: number) =>
    snapshot(now, {
      events: eventsOf(now).map((event) => (event.type === 'device-state' ? { ...event, deviceId: 'supra-2' } : event)),
      devices: Array.from({ length: 20 }, (_, index) => {
        const [a2, gamma, supra] = sticks(now);
        const pick = [a2, gamma, supra][index % 3] ?? processor(now);
        return { ...pick, id: `${pick.id}-${index}`, name: `${pick.model} ${index + 1}` };
      }),
    }),
} as const satisfies Record<string, Made<Snapshot>>;
export type SceneName = keyof typeof scenes;
