/** What the `usb` package throws, as failures with codes. It throws plain errors whose text is all there is to go by. */
import { AppError } from '../errors.ts';
import type { UsbFailure } from '../ports.ts';

/** The text of anything thrown. */
export function wordsOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}

export function usbUnavailable(thrown: unknown): AppError<UsbFailure> {
  return new AppError<UsbFailure>({ code: 'usb-unavailable', text: wordsOf(thrown) }, 'machine');
}

/** A failure to open or claim. */
export function openFailure(thrown: unknown, location: string): UsbFailure {
  const text = wordsOf(thrown);
  if (/failed to open device \(error (5|32)\)/.test(text)) return { code: 'usb-busy', location }; // how Windows says that another program has it
  if (/permission|access.*denied|EACCES|EPERM/i.test(text)) return { code: 'usb-no-permission', location };
  if (/busy|in use|exclusive/i.test(text)) return { code: 'usb-busy', location };
  if (isGone(text)) return { code: 'device-gone', location };
  if (/driver|unsupported|not supported|winusb/i.test(text)) return { code: 'usb-no-driver', location, text };
  return { code: 'usb-transfer-failed', location, text };
}

/** A failure of a transfer on a device that was open. */
export function transferFailure(thrown: unknown, location: string): UsbFailure {
  const text = wordsOf(thrown);
  return isGone(text) ? { code: 'device-gone', location } : { code: 'usb-transfer-failed', location, text };
}

/** The transfer ran into its timeout. */
export function isTimeout(thrown: unknown): boolean {
  return /cancelled/i.test(wordsOf(thrown));
}

/** The system cannot do this at all. */
export function isUnsupported(thrown: unknown): boolean {
  return /not supported/i.test(wordsOf(thrown));
}

/** The endpoint refuses transfers until its halt is cleared. */
export function isStall(thrown: unknown): boolean {
  return /stall/i.test(wordsOf(thrown));
}

function isGone(text: string): boolean {
  return /disconnected|device not found|no such device|not connected|invalid state/i.test(text);
}

/** Does what may fail. The package throws some failures at once, where others come as rejections: both end here. */
export async function attempt(act: () => Promise<unknown>): Promise<void> {
  try {
    await act();
  } catch {
    // An unplugged device has nothing to give back.
  }
}
