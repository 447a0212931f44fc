/** Plays what a bridge must be told, each step with its wait. */
import type { Clock, UsbLink } from '../../ports.ts';
import type { BridgePlan } from '../bridge/bridge.ts';
import { sleep } from './wait.ts';

/** @throws AppError<UsbFailure> */
export async function playBridge(plan: BridgePlan, link: UsbLink, clock: Clock): Promise<void> {
  for (const step of plan) {
    if (step.kind === 'control') await link.control(step.transfer);
    else await link.reset();
    await sleep(clock, step.waitMs);
  }
}
