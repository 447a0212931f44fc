/** Common messages (specification 3.6): the same in every subprotocol. Layouts, channel bits and sizes stand here only. */
import { message } from '../../wire/message.ts';
import { Str0_255, U8, U16, U32 } from '../../wire/types.ts';

/** `protocol` of SetupConnection; one per connection (COM-2). */
export const protocolIds = { mining: 0, jobDeclaration: 1, templateDistribution: 2 } as const;
/** The only version there is: `min_version` = `max_version` = 2. */
export const PROTOCOL_VERSION = 2;

/** `flags` of SetupConnection for the mining protocol (COM-7). */
export const setupFlags = { requiresStandardJobs: 1 << 0, requiresWorkSelection: 1 << 1, requiresVersionRolling: 1 << 2 } as const;
/** `flags` of SetupConnection for job declaration (COM-7). */
export const declarationFlags = { declareTxData: 1 << 0 } as const;
/** `flags` of SetupConnection.Success for the mining protocol (COM-8). */
export const setupSuccessFlags = { requiresFixedVersion: 1 << 0, requiresExtendedChannels: 1 << 1 } as const;

export const SetupConnection = message(
  'SetupConnection',
  0x00,
  'offChannel',
  {
    protocol: U8,
    minVersion: U16,
    maxVersion: U16,
    flags: U32,
    endpointHost: Str0_255,
    endpointPort: U16,
    vendor: Str0_255,
    hardwareVersion: Str0_255,
    firmware: Str0_255,
    deviceId: Str0_255,
  },
  { least: 16, most: 1291 },
);

export const SetupConnectionSuccess = message(
  'SetupConnectionSuccess',
  0x01,
  'offChannel',
  { usedVersion: U16, flags: U32 },
  { least: 6, most: 6 },
);

export const SetupConnectionError = message(
  'SetupConnectionError',
  0x02,
  'offChannel',
  { flags: U32, errorCode: Str0_255 },
  { least: 5, most: 260 },
);

export const ChannelEndpointChanged = message('ChannelEndpointChanged', 0x03, 'onChannel', { channelId: U32 }, { least: 4, most: 4 });

export const Reconnect = message('Reconnect', 0x04, 'offChannel', { newHost: Str0_255, newPort: U16 }, { least: 3, most: 258 });

export const commonFromClient = [SetupConnection] as const;
export const commonFromServer = [SetupConnectionSuccess, SetupConnectionError, ChannelEndpointChanged, Reconnect] as const;
