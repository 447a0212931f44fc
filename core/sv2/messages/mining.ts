/** Mining protocol messages (specification 5.3). Layouts, channel bits and sizes stand here only. */
import * as P from 'micro-packed';
import { message } from '../../wire/message.ts';
import { B0_32, B0_64K, B0_255, Bool, F32, option, Str0_255, seq0_64K, seq0_255, U16, U32, U64, U256 } from '../../wire/types.ts';

/** A trailing field that older peers leave out: absent when the payload ends exactly before it (MIN-7). */
const absentAtEnd = (element: P.CoderType<number>): P.CoderType<number | undefined> =>
  P.wrap({
    encodeStream: (writer, value: number | undefined) => {
      if (value !== undefined) element.encodeStream(writer, value);
    },
    decodeStream: (reader) => (reader.isEnd() ? undefined : element.decodeStream(reader)),
  });

const openChannel = { requestId: U32, userIdentity: Str0_255, nominalHashRate: F32, maxTarget: U256 };
const submitShares = { channelId: U32, sequenceNumber: U32, jobId: U32, nonce: U32, ntime: U32, version: U32 };

export const OpenStandardMiningChannel = message('OpenStandardMiningChannel', 0x10, 'offChannel', openChannel, { least: 41, most: 296 });

export const OpenStandardMiningChannelSuccess = message(
  'OpenStandardMiningChannelSuccess',
  0x11,
  'offChannel',
  { requestId: U32, channelId: U32, target: U256, extranoncePrefix: B0_32, groupChannelId: U32 },
  { least: 45, most: 77 },
);

export const OpenMiningChannelError = message(
  'OpenMiningChannelError',
  0x12,
  'offChannel',
  { requestId: U32, errorCode: Str0_255 },
  { least: 5, most: 260 },
);

export const OpenExtendedMiningChannel = message(
  'OpenExtendedMiningChannel',
  0x13,
  'offChannel',
  { ...openChannel, minExtranonceSize: U16 },
  { least: 43, most: 298 },
);

/** `groupChannelId` is absent in frames of peers older than December 2025; always send it. */
export const OpenExtendedMiningChannelSuccess = message(
  'OpenExtendedMiningChannelSuccess',
  0x14,
  'offChannel',
  { requestId: U32, channelId: U32, target: U256, extranonceSize: U16, extranoncePrefix: B0_32, groupChannelId: absentAtEnd(U32) },
  { least: 47, most: 79 },
);

export const NewMiningJob = message(
  'NewMiningJob',
  0x15,
  'onChannel',
  { channelId: U32, jobId: U32, minNtime: option(U32), version: U32, merkleRoot: U256 },
  { least: 45, most: 49 },
);

export const UpdateChannel = message(
  'UpdateChannel',
  0x16,
  'onChannel',
  { channelId: U32, nominalHashRate: F32, maximumTarget: U256 },
  { least: 40, most: 40 },
);

export const UpdateChannelError = message(
  'UpdateChannelError',
  0x17,
  'onChannel',
  { channelId: U32, errorCode: Str0_255 },
  { least: 5, most: 260 },
);

/** Both directions. */
export const CloseChannel = message('CloseChannel', 0x18, 'onChannel', { channelId: U32, reasonCode: Str0_255 }, { least: 5, most: 260 });

export const SetExtranoncePrefix = message(
  'SetExtranoncePrefix',
  0x19,
  'onChannel',
  { channelId: U32, extranoncePrefix: B0_32 },
  { least: 5, most: 37 },
);

export const SubmitSharesStandard = message('SubmitSharesStandard', 0x1a, 'onChannel', submitShares, { least: 24, most: 24 });

/** Extension 0x0002 may add its TLV after the last field, see `sv2/tlv.ts`. */
export const SubmitSharesExtended = message(
  'SubmitSharesExtended',
  0x1b,
  'onChannel',
  { ...submitShares, extranonce: B0_32 },
  { least: 25, most: 57 },
);

export const SubmitSharesSuccess = message(
  'SubmitSharesSuccess',
  0x1c,
  'onChannel',
  { channelId: U32, lastSequenceNumber: U32, newSubmitsAcceptedCount: U32, newSharesSum: U64 },
  { least: 20, most: 20 },
);

export const SubmitSharesError = message(
  'SubmitSharesError',
  0x1d,
  'onChannel',
  { channelId: U32, sequenceNumber: U32, errorCode: Str0_255 },
  { least: 9, most: 264 },
);

export const NewExtendedMiningJob = message(
  'NewExtendedMiningJob',
  0x1f,
  'onChannel',
  {
    channelId: U32,
    jobId: U32,
    minNtime: option(U32),
    version: U32,
    versionRollingAllowed: Bool,
    merklePath: seq0_255(U256),
    coinbaseTxPrefix: B0_64K,
    coinbaseTxSuffix: B0_64K,
  },
  { least: 19, most: 139_253 },
);

export const SetNewPrevHash = message(
  'SetNewPrevHash',
  0x20,
  'onChannel',
  { channelId: U32, jobId: U32, prevHash: U256, minNtime: U32, nbits: U32 },
  { least: 48, most: 48 },
);

export const SetTarget = message('SetTarget', 0x21, 'onChannel', { channelId: U32, maximumTarget: U256 }, { least: 36, most: 36 });

/** `coinbaseTxOutputs` begins with a CompactSize count (TYP-9). */
export const SetCustomMiningJob = message(
  'SetCustomMiningJob',
  0x22,
  'onChannel',
  {
    channelId: U32,
    requestId: U32,
    miningJobToken: B0_255,
    version: U32,
    prevHash: U256,
    minNtime: U32,
    nbits: U32,
    coinbaseTxVersion: U32,
    coinbasePrefix: B0_255,
    coinbaseTxInputNSequence: U32,
    coinbaseTxOutputs: B0_64K,
    coinbaseTxLocktime: U32,
    merklePath: seq0_255(U256),
  },
  { least: 69, most: 74_274 },
);

export const SetCustomMiningJobSuccess = message(
  'SetCustomMiningJobSuccess',
  0x23,
  'onChannel',
  { channelId: U32, requestId: U32, jobId: U32 },
  { least: 12, most: 12 },
);

export const SetCustomMiningJobError = message(
  'SetCustomMiningJobError',
  0x24,
  'onChannel',
  { channelId: U32, requestId: U32, errorCode: Str0_255 },
  { least: 9, most: 264 },
);

export const SetGroupChannel = message(
  'SetGroupChannel',
  0x25,
  'offChannel',
  { groupChannelId: U32, channelIds: seq0_64K(U32) },
  { least: 6, most: 262_146 },
);

export const miningFromClient = [
  OpenStandardMiningChannel,
  OpenExtendedMiningChannel,
  UpdateChannel,
  CloseChannel,
  SubmitSharesStandard,
  SubmitSharesExtended,
  SetCustomMiningJob,
] as const;

export const miningFromServer = [
  OpenStandardMiningChannelSuccess,
  OpenMiningChannelError,
  OpenExtendedMiningChannelSuccess,
  NewMiningJob,
  UpdateChannelError,
  CloseChannel,
  SetExtranoncePrefix,
  SubmitSharesSuccess,
  SubmitSharesError,
  NewExtendedMiningJob,
  SetNewPrevHash,
  SetTarget,
  SetCustomMiningJobSuccess,
  SetCustomMiningJobError,
  SetGroupChannel,
] as const;
