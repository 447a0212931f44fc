/** Job declaration messages (specification 6.4). Layouts, channel bits and sizes stand here only. */
import { message } from '../../wire/message.ts';
import { B0_16M, B0_32, B0_64K, B0_255, Str0_255, seq0_64K, U16, U32, U256 } from '../../wire/types.ts';

export const AllocateMiningJobToken = message(
  'AllocateMiningJobToken',
  0x50,
  'offChannel',
  { userIdentifier: Str0_255, requestId: U32 },
  { least: 5, most: 260 },
);

/** `coinbaseTxOutputs` begins with a CompactSize count (TYP-9). */
export const AllocateMiningJobTokenSuccess = message(
  'AllocateMiningJobTokenSuccess',
  0x51,
  'offChannel',
  { requestId: U32, miningJobToken: B0_255, coinbaseTxOutputs: B0_64K },
  { least: 7, most: 65_797 },
);

/** `requestId` is that of the DeclareMiningJob; positions are 0-based in its `wtxidList`. */
export const ProvideMissingTransactions = message(
  'ProvideMissingTransactions',
  0x55,
  'offChannel',
  { requestId: U32, unknownTxPositionList: seq0_64K(U16) },
  { least: 6, most: 131_076 },
);

export const ProvideMissingTransactionsSuccess = message(
  'ProvideMissingTransactionsSuccess',
  0x56,
  'offChannel',
  { requestId: U32, transactionList: seq0_64K(B0_16M) },
  { least: 6, most: 16_777_215 },
);

/** Coinbase prefix and suffix keep marker, flag and witness, unlike those of mining jobs (JDC-9). */
export const DeclareMiningJob = message(
  'DeclareMiningJob',
  0x57,
  'offChannel',
  {
    requestId: U32,
    miningJobToken: B0_255,
    version: U32,
    coinbaseTxPrefix: B0_64K,
    coinbaseTxSuffix: B0_64K,
    wtxidList: seq0_64K(U256),
    excessData: B0_64K,
  },
  { least: 17, most: 2_293_997 },
);

export const DeclareMiningJobSuccess = message(
  'DeclareMiningJobSuccess',
  0x58,
  'offChannel',
  { requestId: U32, newMiningJobToken: B0_255 },
  { least: 5, most: 260 },
);

export const DeclareMiningJobError = message(
  'DeclareMiningJobError',
  0x59,
  'offChannel',
  { requestId: U32, errorCode: Str0_255, errorDetails: B0_64K },
  { least: 7, most: 65_797 },
);

/** `extranonce` is the full one: prefix and rolled part (JDC-18). */
export const PushSolution = message(
  'PushSolution',
  0x60,
  'offChannel',
  { extranonce: B0_32, prevHash: U256, nonce: U32, ntime: U32, nbits: U32, version: U32 },
  { least: 49, most: 81 },
);

export const jobDeclarationFromClient = [
  AllocateMiningJobToken,
  ProvideMissingTransactionsSuccess,
  DeclareMiningJob,
  PushSolution,
] as const;

export const jobDeclarationFromServer = [
  AllocateMiningJobTokenSuccess,
  ProvideMissingTransactions,
  DeclareMiningJobSuccess,
  DeclareMiningJobError,
] as const;
