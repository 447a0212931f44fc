/** How uPlot draws the hashrate: axes, lines and colours taken from the page's tokens. */
import type uPlot from 'uplot';
import { fmt } from '../text/words.svelte.ts';

/** Room for the figures of the axes, in rem: it grows with the text. */
const LEFT_REM = 3.25;
const BOTTOM_REM = 1.875;
/** Half a time of day: one may stand under the very end. */
const RIGHT_REM = 1.75;

/** The computed value of a token on this element; `light-dark()` is resolved by the browser. */
function colour(host: HTMLElement, token: string): string {
  const probe = document.createElement('i');
  probe.style.color = `var(${token})`;
  host.append(probe);
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
}

/** Pixels of one rem. */
function remSize(): number {
  return Number.parseFloat(getComputedStyle(document.documentElement).fontSize);
}

function rem(host: HTMLElement, token: string): number {
  return Number.parseFloat(getComputedStyle(host).getPropertyValue(token)) * remSize();
}

/** Options for a line measured here and a dotted one expected, over `spanMs`. */
export function plotOptions(host: HTMLElement, width: number, spanMs: number, expected: number): uPlot.Options {
  const font = `${rem(host, '--text-tick')}px ${getComputedStyle(host).fontFamily}`;
  const line = colour(host, '--line');
  const quiet = colour(host, '--ink-3');
  const axis = { font, stroke: quiet, ticks: { stroke: line, size: 5 }, grid: { stroke: line, width: 1 } };
  return {
    width,
    height: Math.round(rem(host, '--plot')),
    padding: [8, Math.round(RIGHT_REM * remSize()), 0, 0],
    legend: { show: false },
    cursor: { show: false },
    scales: {
      x: { time: true },
      y: { range: (_plot, low, high) => bounds(low, high, expected) },
    },
    axes: [
      {
        ...axis,
        grid: { show: false },
        size: Math.round(BOTTOM_REM * remSize()),
        space: 5.25 * remSize(),
        values: (_plot, at) => at.map((second) => fmt().tick(second * 1000, spanMs)),
      },
      {
        ...axis,
        size: Math.round(LEFT_REM * remSize()),
        space: 2.75 * remSize(),
        values: (_plot, at) => at.map((rate) => fmt().rateIn(rate, at.at(-1) ?? 0)),
      },
    ],
    series: [
      {},
      { stroke: colour(host, '--ember-live'), width: 1.75, points: { show: false }, spanGaps: false },
      { stroke: colour(host, '--ink'), width: 1, dash: [2, 4], points: { show: false } },
    ],
  };
}

/** From nothing, or from just below the lowest when the line is steady; always with the expected rate in view. */
function bounds(low: number, high: number, expected: number): [number, number] {
  const top = Math.max(high, expected) * 1.06 || 1;
  const bottom = Math.min(low, expected || low);
  return [bottom > top * 0.6 ? bottom - (top - bottom) * 0.6 : 0, top];
}
