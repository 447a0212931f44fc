/**
 * Messages of extension 0x0001, extensions negotiation (EXT-1 … EXT-7). `requestId` is a U16 here and the frame's
 * `extension_type` is 0x0001. Layouts, channel bits and sizes stand here only.
 */
import { message } from '../../wire/message.ts';
import { seq0_64K, U16 } from '../../wire/types.ts';

/** Ids of the extensions Hearth knows. */
export const extensionIds = { negotiation: 0x0001, workerHashrate: 0x0002 } as const;

export const RequestExtensions = message(
  'RequestExtensions',
  0x00,
  'offChannel',
  { requestId: U16, requestedExtensions: seq0_64K(U16) },
  { least: 4, most: 131_074, extension: extensionIds.negotiation },
);

export const RequestExtensionsSuccess = message(
  'RequestExtensionsSuccess',
  0x01,
  'offChannel',
  { requestId: U16, supportedExtensions: seq0_64K(U16) },
  { least: 4, most: 131_074, extension: extensionIds.negotiation },
);

export const RequestExtensionsError = message(
  'RequestExtensionsError',
  0x02,
  'offChannel',
  { requestId: U16, unsupportedExtensions: seq0_64K(U16), requiredExtensions: seq0_64K(U16) },
  { least: 6, most: 262_146, extension: extensionIds.negotiation },
);

export const extensionsFromClient = [RequestExtensions] as const;
export const extensionsFromServer = [RequestExtensionsSuccess, RequestExtensionsError] as const;
