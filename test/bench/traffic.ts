/** Bytes per accepted share and per day against Stratum V1 for the same work: see `traffic-day.ts` for the day. */
import type { Line } from './line.ts';
import { type TrafficOptions, trafficOfDay } from './traffic-day.ts';

/** Less by this part. */
const GOAL = 0.8;
/** As the reference pool comes configured. */
const USUAL_BATCH = 10;

const DAYS: readonly TrafficOptions[] = [
  { channel: 'standard', ackBatch: USUAL_BATCH },
  { channel: 'standard', ackBatch: 1 },
  { channel: 'extended', ackBatch: USUAL_BATCH },
  { channel: 'extended', ackBatch: 1 },
];

/** Takes some seconds. */
export function traffic(): Line[] {
  const days = DAYS.map((options) => ({ options, day: trafficOfDay(options) }));
  // A merkle root has no coinbase to build V1's lines from: the extended channel had the same templates.
  const v1Bytes = days.find(({ options }) => options.channel === 'extended')?.day.v1Bytes ?? Number.NaN;
  return days.map(({ options, day }) => {
    const { channel, ackBatch } = options;
    const saved = 1 - day.bytes / v1Bytes;
    const acks = ackBatch === 1 ? 'each share acknowledged' : `shares acknowledged by ${ackBatch}`;
    const most = 1 - day.jobBytes / v1Bytes;
    const note = `−${percent(saved)}; without a single share −${percent(most)}: the pool’s jobs are ${percent(day.jobBytes / day.bytes)} of it`;
    return {
      name: `bytes a day and a share, ${channel} channel, ${acks}`,
      measured: show(day.bytes, day.accepted),
      against: `Stratum V1 ${show(v1Bytes, day.accepted)}`,
      ratio: v1Bytes / day.bytes,
      goal: `−${GOAL * 100} %`,
      met: saved >= GOAL,
      note,
    };
  });
}

function percent(part: number): string {
  return `${(part * 100).toFixed(1)} %`;
}

function show(bytes: number, shares: number): string {
  return `${(bytes / 1e6).toFixed(2)} MB, ${(bytes / shares).toFixed(0)} B`;
}
