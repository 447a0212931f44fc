/**
 * What a page's own thread did, by the browser's trace. The processor time of a task is the same on a machine that is given
 * to others meanwhile; how long it took is not.
 */
import type { Page } from 'playwright-core';

interface TraceEvent {
  readonly name: string;
  readonly ph: string;
  readonly pid: number;
  readonly tid: number;
  /** Microseconds; of processor time. */
  readonly tdur?: number;
  readonly args?: { readonly name?: string };
}

/** Milliseconds of processor time of the longest task of any page while `act` goes on. */
export async function longestTask(page: Page, act: () => Promise<unknown>): Promise<number> {
  const browser = page.context().browser();
  if (!browser) throw new Error('the page has no browser');
  await browser.startTracing(page, { categories: ['toplevel'] });
  await act();
  return longestIn(await browser.stopTracing());
}

function longestIn(trace: Uint8Array): number {
  const { traceEvents } = JSON.parse(new TextDecoder().decode(trace)) as { traceEvents: TraceEvent[] };
  const threads = new Set<string>();
  for (const event of traceEvents)
    if (event.name === 'thread_name' && event.args?.name === 'CrRendererMain') threads.add(`${event.pid} ${event.tid}`);
  let longest = Number.NaN;
  for (const { ph, pid, tid, tdur = 0 } of traceEvents)
    if (ph === 'X' && threads.has(`${pid} ${tid}`) && !(tdur <= longest)) longest = tdur;
  return longest / 1000;
}
