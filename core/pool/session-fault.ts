/** Faults of a connection in the words of the fault table, and the step at which each one stands. */
import { AppError, type Failure, faultOf } from '../errors.ts';
import { isFaultCode } from '../faults.ts';
import type { MiningEvent } from '../sv2/mining-event.ts';
import type { SourceStep } from './source.ts';

/** A fault the user interface knows: what a peer did beyond the table is `protocol-broken`, with the detail as evidence. */
export function sessionFault(error: unknown): Failure {
  const fault = faultOf(error);
  if (isFaultCode(fault.code)) return fault;
  const code = error instanceof AppError && error.whose === 'peer' ? 'protocol-broken' : 'internal';
  return { ...fault, ...{ what: fault.code }, code };
}

const steps: Readonly<Record<string, SourceStep>> = {
  'name-not-found': 'name',
  'handshake-timeout': 'noise',
  'handshake-failed': 'noise',
  'certificate-wrong-key': 'certificate',
  'certificate-version': 'certificate',
  'certificate-expired': 'clock',
  'certificate-not-yet-valid': 'clock',
};

/** Where a fault belongs, if it says so itself; otherwise it belongs to the step that was under way. */
export function stepOfFault(fault: Failure, underWay: SourceStep): SourceStep {
  return steps[fault.code] ?? underWay;
}

/** The fault of an event that leaves a session without its channel; undefined for all other events. */
export function channelFault(event: MiningEvent): Failure | undefined {
  switch (event.type) {
    case 'channel-refused':
      return { code: 'channel-refused', ...{ errorCode: event.errorCode } };
    case 'channel-timeout':
      return { code: 'channel-timeout', ...{ timeoutMs: event.timeoutMs } };
    case 'channel-closed':
      return { code: 'channel-closed', ...{ reasonCode: event.reasonCode } };
    case 'channel-unusable':
      return event.fault;
    default:
      return undefined;
  }
}
