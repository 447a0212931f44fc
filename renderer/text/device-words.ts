/** The shape of the Devices screen's own dictionary. */
import type { deviceWordsEn } from './device-words.en.ts';
import type { Message } from './message.ts';

export type DeviceWords = Readonly<Record<keyof typeof deviceWordsEn, Message>>;
