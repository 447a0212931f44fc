/** Every message of the tables against what the specification says of it: id, channel bit, smallest and largest payload. */
import { expect, test } from 'vitest';
import { faultOf } from '../../core/errors.ts';
import { commonFromClient, commonFromServer, SetupConnection } from '../../core/sv2/messages/common.ts';
import { extensionsFromClient, extensionsFromServer, RequestExtensions } from '../../core/sv2/messages/extensions.ts';
import { jobDeclarationFromClient, jobDeclarationFromServer } from '../../core/sv2/messages/job-declaration.ts';
import {
  miningFromClient,
  miningFromServer,
  OpenExtendedMiningChannelSuccess,
  SubmitSharesSuccess,
} from '../../core/sv2/messages/mining.ts';
import {
  NewTemplate,
  templateDistributionFromClient,
  templateDistributionFromServer,
} from '../../core/sv2/messages/template-distribution.ts';
import { decodePayload, encodePayload, type MessageDef, type MessageOf } from '../../core/wire/message.ts';
import { B0_32, B0_64K, B0_255, Bool, Str0_255, U32, U64, U256 } from '../../core/wire/types.ts';

const defs: readonly MessageDef[] = [
  ...commonFromClient,
  ...commonFromServer,
  ...miningFromClient,
  ...miningFromServer,
  ...jobDeclarationFromClient,
  ...jobDeclarationFromServer,
  ...templateDistributionFromClient,
  ...templateDistributionFromServer,
  ...extensionsFromClient,
  ...extensionsFromServer,
];

/** extension, id, channel bit, name, smallest, largest; as the message table of the specification has them. */
const table: readonly (readonly [number, number, 0 | 1, string, number, number])[] = [
  [0, 0x00, 0, 'SetupConnection', 16, 1291],
  [0, 0x01, 0, 'SetupConnectionSuccess', 6, 6],
  [0, 0x02, 0, 'SetupConnectionError', 5, 260],
  [0, 0x03, 1, 'ChannelEndpointChanged', 4, 4],
  [0, 0x04, 0, 'Reconnect', 3, 258],
  [0, 0x10, 0, 'OpenStandardMiningChannel', 41, 296],
  [0, 0x11, 0, 'OpenStandardMiningChannelSuccess', 45, 77],
  [0, 0x12, 0, 'OpenMiningChannelError', 5, 260],
  [0, 0x13, 0, 'OpenExtendedMiningChannel', 43, 298],
  [0, 0x14, 0, 'OpenExtendedMiningChannelSuccess', 47, 79],
  [0, 0x15, 1, 'NewMiningJob', 45, 49],
  [0, 0x16, 1, 'UpdateChannel', 40, 40],
  [0, 0x17, 1, 'UpdateChannelError', 5, 260],
  [0, 0x18, 1, 'CloseChannel', 5, 260],
  [0, 0x19, 1, 'SetExtranoncePrefix', 5, 37],
  [0, 0x1a, 1, 'SubmitSharesStandard', 24, 24],
  [0, 0x1b, 1, 'SubmitSharesExtended', 25, 57],
  [0, 0x1c, 1, 'SubmitSharesSuccess', 20, 20],
  [0, 0x1d, 1, 'SubmitSharesError', 9, 264],
  [0, 0x1f, 1, 'NewExtendedMiningJob', 19, 139_253],
  [0, 0x20, 1, 'SetNewPrevHash', 48, 48],
  [0, 0x21, 1, 'SetTarget', 36, 36],
  [0, 0x22, 1, 'SetCustomMiningJob', 69, 74_274],
  [0, 0x23, 1, 'SetCustomMiningJobSuccess', 12, 12],
  [0, 0x24, 1, 'SetCustomMiningJobError', 9, 264],
  [0, 0x25, 0, 'SetGroupChannel', 6, 262_146],
  [0, 0x50, 0, 'AllocateMiningJobToken', 5, 260],
  [0, 0x51, 0, 'AllocateMiningJobTokenSuccess', 7, 65_797],
  [0, 0x55, 0, 'ProvideMissingTransactions', 6, 131_076],
  [0, 0x56, 0, 'ProvideMissingTransactionsSuccess', 6, 16_777_215],
  [0, 0x57, 0, 'DeclareMiningJob', 17, 2_293_997],
  [0, 0x58, 0, 'DeclareMiningJobSuccess', 5, 260],
  [0, 0x59, 0, 'DeclareMiningJobError', 7, 65_797],
  [0, 0x60, 0, 'PushSolution', 49, 81],
  [0, 0x70, 0, 'CoinbaseOutputConstraints', 6, 6],
  // The sum of its fields: 8+1+4+4+256+4+8+4+65,537+4+8,161. A list in circulation says 83,991.
  [0, 0x71, 0, 'NewTemplate', 41, 73_991],
  [0, 0x72, 0, 'SetNewPrevHash', 80, 80],
  [0, 0x73, 0, 'RequestTransactionData', 8, 8],
  [0, 0x74, 0, 'RequestTransactionDataSuccess', 12, 16_777_215],
  [0, 0x75, 0, 'RequestTransactionDataError', 9, 264],
  [0, 0x76, 0, 'SubmitSolution', 22, 65_557],
  [1, 0x00, 0, 'RequestExtensions', 4, 131_074],
  [1, 0x01, 0, 'RequestExtensionsSuccess', 4, 131_074],
  [1, 0x02, 0, 'RequestExtensionsError', 6, 262_146],
];

/** One list of the largest size is slow to build and proves nothing more than its siblings. */
const TOO_LARGE_TO_BUILD = 3_000_000;

test('COM-2 FRM-2 FRM-7 FRM-10 FRM-11 EXT-7 every message has the id, extension, channel bit and size limits of the table', () => {
  const rows = [...new Set(defs)].map((def) => [def.extension, def.id, def.bit === 'onChannel' ? 1 : 0, def.name, def.least, def.most]);
  const byId = (a: readonly unknown[], b: readonly unknown[]) => Number(a[0]) - Number(b[0]) || Number(a[1]) - Number(b[1]);
  expect(rows.sort(byId)).toEqual(table);
});

test('FRM-17 TYP-1 TYP-4 TYP-5 TYP-6 TYP-7 the smallest and the largest value of every layout have exactly those sizes', () => {
  for (const def of new Set(defs)) {
    expect([def.name, encodePayload(def, built(def, 'least')).length]).toEqual([def.name, def.least]);
    if (def.most < TOO_LARGE_TO_BUILD) expect([def.name, encodePayload(def, built(def, 'most')).length]).toEqual([def.name, def.most]);
  }
});

test('what is encoded decodes to the same, and bytes after the last field come back as TLV space', () => {
  for (const def of new Set(defs)) {
    const value = built(def, 'least');
    const { message, rest } = decodePayload(def, Uint8Array.of(...encodePayload(def, value), 7, 8));
    expect(message).toEqual({ ...value, name: def.name });
    expect([...rest]).toEqual([7, 8]);
  }
});

test('TYP-8 SEC-5 a payload cut at any byte is a coded fault, never a crash', () => {
  for (const def of new Set(defs)) {
    const whole = encodePayload(def, built(def, 'least'));
    for (let length = 0; length < whole.length; length += 1) {
      if (def === (OpenExtendedMiningChannelSuccess as MessageDef) && length === whole.length - 4) continue;
      expect(codeOf(() => decodePayload(def, whole.subarray(0, length)))).toBe('message-malformed');
    }
  }
});

test('MIN-7 OpenExtendedMiningChannel.Success is read with and without its group, and not with half of it', () => {
  const value = { name: 'OpenExtendedMiningChannelSuccess', ...granted } as const;
  const whole = encodePayload(OpenExtendedMiningChannelSuccess, value);
  expect(decodePayload(OpenExtendedMiningChannelSuccess, whole).message).toEqual(value);
  expect(decodePayload(OpenExtendedMiningChannelSuccess, whole.subarray(0, -4)).message).toEqual({ ...value, groupChannelId: undefined });
  for (const cut of [1, 2, 3]) expect(() => decodePayload(OpenExtendedMiningChannelSuccess, whole.subarray(0, -cut))).toThrow();
});

test('SEC-6 TYP-4 TYP-6 a prefix longer than 32 bytes and an option of two elements are faults', () => {
  const whole = encodePayload(OpenExtendedMiningChannelSuccess, { name: 'OpenExtendedMiningChannelSuccess', ...granted });
  const tooLong = whole.slice();
  tooLong[42] = 33; // the length byte of extranonce_prefix
  expect(() => decodePayload(OpenExtendedMiningChannelSuccess, Uint8Array.of(...tooLong, ...new Uint8Array(64)))).toThrow(/B0_32/);
  const job = miningFromServer[3];
  const twice = encodePayload(job, {
    name: 'NewMiningJob',
    channelId: 1,
    jobId: 1,
    minNtime: undefined,
    version: 1,
    merkleRoot: new Uint8Array(32),
  });
  twice[8] = 2;
  expect(() => decodePayload(job, Uint8Array.of(...twice, ...new Uint8Array(8)))).toThrow(/option/);
});

test('TYP-12 sums of 2^64−1 and counts of 2^32−1 are read exactly', () => {
  const value = {
    name: 'SubmitSharesSuccess',
    channelId: 1,
    lastSequenceNumber: 0xffffffff,
    newSubmitsAcceptedCount: 0xffffffff,
    newSharesSum: 2n ** 64n - 1n,
  } as const;
  expect(decodePayload(SubmitSharesSuccess, encodePayload(SubmitSharesSuccess, value)).message).toEqual(value);
});

test('TYP-9 the outputs of NewTemplate carry their count in a field of its own', () => {
  expect(Object.keys(NewTemplate.fields).slice(7, 9)).toEqual(['coinbaseTxOutputsCount', 'coinbaseTxOutputs']);
});

test('EXT-6 the request id of RequestExtensions has two bytes, everywhere else four', () => {
  const payload = encodePayload(RequestExtensions, { name: 'RequestExtensions', requestId: 0xabcd, requestedExtensions: [2] });
  expect([...payload]).toEqual([0xcd, 0xab, 1, 0, 2, 0]);
});

test('COM-2 a SetupConnection has its bytes where the specification puts them', () => {
  const payload = encodePayload(SetupConnection, {
    name: 'SetupConnection',
    protocol: 0,
    minVersion: 2,
    maxVersion: 2,
    flags: 5,
    endpointHost: 'a',
    endpointPort: 0x1234,
    vendor: 'b',
    hardwareVersion: '',
    firmware: '',
    deviceId: '',
  });
  expect([...payload]).toEqual([0, 2, 0, 2, 0, 5, 0, 0, 0, 1, 0x61, 0x34, 0x12, 1, 0x62, 0, 0, 0]);
});

function codeOf(act: () => unknown): string | undefined {
  try {
    act();
  } catch (error) {
    return faultOf(error).code;
  }
  return undefined;
}

const granted = {
  requestId: 1,
  channelId: 2,
  target: new Uint8Array(32).fill(0xff),
  extranonceSize: 8,
  extranoncePrefix: Uint8Array.of(1, 2, 3),
  groupChannelId: 9,
};

type Sample = readonly [least: unknown, most: unknown];
const hash = new Uint8Array(32).fill(1);
const bytes = (length: number): Sample => [new Uint8Array(0), new Uint8Array(length)];
const list = (count: number, element: unknown): Sample => [[], new Array(count).fill(element)];

/** Coders that are one object wherever they are used. */
const byCoder = new Map<unknown, Sample>([
  [Str0_255, ['', 'x'.repeat(255)]],
  [B0_255, bytes(255)],
  [B0_32, bytes(32)],
  [B0_64K, bytes(65_535)],
  [U256, [hash, hash]],
  [U64, [0n, 2n ** 64n - 1n]],
  [Bool, [false, true]],
]);

/** Coders made for one field. Lists of transactions end at the frame limit and are not built. */
const byField: Readonly<Record<string, Sample>> = {
  minNtime: [undefined, 0xffffffff],
  groupChannelId: [1, 1],
  merklePath: list(255, hash),
  wtxidList: list(65_535, hash),
  channelIds: list(65_535, 1),
  unknownTxPositionList: list(65_535, 1),
  transactionList: [[], []],
  requestedExtensions: list(65_535, 1),
  supportedExtensions: list(65_535, 1),
  unsupportedExtensions: list(65_535, 1),
  requiredExtensions: list(65_535, 1),
};

/** The value with the fewest or the most bytes. */
function built(def: MessageDef, size: 'least' | 'most'): MessageOf<MessageDef> {
  const entries = Object.entries(def.fields as Record<string, unknown>);
  const value = entries.map(([key, coder]) => [key, sampleOf(key, coder)[size === 'least' ? 0 : 1]]);
  return Object.fromEntries(value) as MessageOf<MessageDef>;
}

function sampleOf(key: string, coder: unknown): Sample {
  if (key === 'minNtime' && coder === U32) return [0, 0];
  return byCoder.get(coder) ?? byField[key] ?? [0, 0];
}
