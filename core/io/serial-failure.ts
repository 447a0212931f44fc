/** What `serialport` throws, as failures with codes. Its texts carry the words of the system's own error. */
import type { UsbFailure } from '../ports.ts';
import { wordsOf } from './usb-failure.ts';

const GONE =
  /no such (file|device)|file not found|not configured|input\/output error|\b(ENOENT|ENODEV|ENXIO|EIO|EBADF)\b|not open|bad file|cancell?ed/i;
const BUSY = /busy|cannot lock|temporarily unavailable|in use/i;
const DENIED = /permission denied|not permitted|\b(EACCES|EPERM)\b/i;
/** Windows gives a port to one program only, and says this to all others. */
const WINDOWS_BUSY = /access (is )?denied/i;
const BAUD = /baud/i;

/** A failure to open a port at this rate. */
export function serialOpenFailure(thrown: unknown, location: string, baud: number): UsbFailure {
  const text = wordsOf(thrown);
  if (DENIED.test(text)) return { code: 'usb-no-permission', location };
  if (BUSY.test(text) || WINDOWS_BUSY.test(text)) return { code: 'usb-busy', location };
  if (GONE.test(text)) return { code: 'device-gone', location };
  if (BAUD.test(text)) return { code: 'serial-baud-unsupported', location, baud };
  return { code: 'usb-transfer-failed', location, text };
}

/** A failure of a port that was open. A port whose device was pulled out answers in many ways; on Windows it denies access. */
export function serialFailure(thrown: unknown, location: string): UsbFailure {
  const text = wordsOf(thrown);
  if (GONE.test(text) || WINDOWS_BUSY.test(text) || /aborted/i.test(text)) return { code: 'device-gone', location };
  return { code: 'usb-transfer-failed', location, text };
}

/** A failure to change the rate. */
export function serialBaudFailure(thrown: unknown, location: string, baud: number): UsbFailure {
  const failure = serialFailure(thrown, location);
  return failure.code === 'device-gone' ? failure : { code: 'serial-baud-unsupported', location, baud };
}
