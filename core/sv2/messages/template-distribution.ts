/** Template distribution messages (specification 7). Layouts, channel bits and sizes stand here only. */
import { message } from '../../wire/message.ts';
import { B0_16M, B0_64K, B0_255, Bool, Str0_255, seq0_64K, seq0_255, U16, U32, U64, U256 } from '../../wire/types.ts';

export const CoinbaseOutputConstraints = message(
  'CoinbaseOutputConstraints',
  0x70,
  'offChannel',
  { coinbaseOutputMaxAdditionalSize: U32, coinbaseOutputMaxAdditionalSigops: U16 },
  { least: 6, most: 6 },
);

/** `coinbaseTxOutputs` has no count inside: the count is the field before it (TYP-9). */
export const NewTemplate = message(
  'NewTemplate',
  0x71,
  'offChannel',
  {
    templateId: U64,
    futureTemplate: Bool,
    version: U32,
    coinbaseTxVersion: U32,
    coinbasePrefix: B0_255,
    coinbaseTxInputSequence: U32,
    coinbaseTxValueRemaining: U64,
    coinbaseTxOutputsCount: U32,
    coinbaseTxOutputs: B0_64K,
    coinbaseTxLocktime: U32,
    merklePath: seq0_255(U256),
  },
  { least: 41, most: 73_991 },
);

export const SetNewPrevHash = message(
  'SetNewPrevHash',
  0x72,
  'offChannel',
  { templateId: U64, prevHash: U256, headerTimestamp: U32, nBits: U32, target: U256 },
  { least: 80, most: 80 },
);

export const RequestTransactionData = message('RequestTransactionData', 0x73, 'offChannel', { templateId: U64 }, { least: 8, most: 8 });

export const RequestTransactionDataSuccess = message(
  'RequestTransactionDataSuccess',
  0x74,
  'offChannel',
  { templateId: U64, excessData: B0_64K, transactionList: seq0_64K(B0_16M) },
  { least: 12, most: 16_777_215 },
);

export const RequestTransactionDataError = message(
  'RequestTransactionDataError',
  0x75,
  'offChannel',
  { templateId: U64, errorCode: Str0_255 },
  { least: 9, most: 264 },
);

export const SubmitSolution = message(
  'SubmitSolution',
  0x76,
  'offChannel',
  { templateId: U64, version: U32, headerTimestamp: U32, headerNonce: U32, coinbaseTx: B0_64K },
  { least: 22, most: 65_557 },
);

export const templateDistributionFromClient = [CoinbaseOutputConstraints, RequestTransactionData, SubmitSolution] as const;
export const templateDistributionFromServer = [
  NewTemplate,
  SetNewPrevHash,
  RequestTransactionDataSuccess,
  RequestTransactionDataError,
] as const;
