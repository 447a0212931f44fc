/**
 * Frames of a page, counted in the page: the gap between two of them, and the browser's own account of those that took
 * longer than 50 ms (`long-animation-frame`), with the script that held them up.
 */
import type { Page } from 'playwright-core';
import { longestTask } from './window-trace.ts';

export interface Frames {
  readonly drawn: number;
  /** Between two callbacks for a frame. */
  readonly longestGapMs: number;
  /** Frames of which the browser says that they took more than 50 ms, longest first. */
  readonly long: readonly LongFrame[];
}

export interface LongFrame {
  readonly ms: number;
  /** What ran in it, longest first; empty when it was layout and paint alone. */
  readonly scripts: string;
}

interface Recorder {
  reset(): void;
  read(): Frames;
}

/** To be evaluated in a page before its own scripts. */
export function recordFrames(): void {
  let drawn = 0;
  let longestGapMs = 0;
  let last: number | undefined;
  let long: LongFrame[] = [];
  const take = (entries: readonly PerformanceEntry[]) => {
    for (const entry of entries) {
      const { scripts = [] } = entry as unknown as { scripts?: { duration: number; invoker: string; sourceFunctionName: string }[] };
      const said = scripts.map((one) => `${one.invoker} ${one.sourceFunctionName} ${one.duration.toFixed(0)} ms`);
      long.push({ ms: entry.duration, scripts: said.join(', ') });
    }
  };
  const observer = new PerformanceObserver((list) => take(list.getEntries()));
  observer.observe({ type: 'long-animation-frame' });
  const next = (at: number) => {
    drawn += 1;
    if (last !== undefined) longestGapMs = Math.max(longestGapMs, at - last);
    last = at;
    requestAnimationFrame(next);
  };
  requestAnimationFrame(next);
  const recorder: Recorder = {
    reset() {
      take(observer.takeRecords());
      [drawn, longestGapMs, last, long] = [0, 0, undefined, []];
    },
    read() {
      take(observer.takeRecords());
      return { drawn, longestGapMs, long: long.toSorted((a, b) => b.ms - a.ms) };
    },
  };
  Object.assign(globalThis, { recorder });
}

/** The frames of this page while `act` goes on and for `ms` after it began, and the processor time of its longest task. */
export async function framesDuring(
  page: Page,
  ms: number,
  act: () => Promise<void> = async () => {},
): Promise<Frames & { readonly taskMs: number }> {
  await page.evaluate(() => (globalThis as unknown as { recorder: Recorder }).recorder.reset());
  const taskMs = await longestTask(page, () => Promise.all([act(), page.waitForTimeout(ms)]));
  const frames = await page.evaluate(() => (globalThis as unknown as { recorder: Recorder }).recorder.read());
  return { ...frames, taskMs };
}
