/** Looks at a page as it stands: axe's findings, what is wider than the window, what text is cut off. Empty = nothing found. */
import { readFileSync } from 'node:fs';
import type { CDPSession, Page } from 'playwright-core';
import { root } from './web-program.ts';

const source = readFileSync(`${root}node_modules/axe-core/axe.min.js`, 'utf8');
const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

interface Violation {
  readonly id: string;
  readonly help: string;
  readonly nodes: readonly { readonly target: readonly unknown[]; readonly failureSummary?: string }[];
}

/** What depends on colours alone. */
const COLOURS = ['color-contrast', 'link-in-text-block'];
const worlds = new WeakMap<Page, CDPSession>();

export function axe(page: Page): Promise<string[]> {
  return run(page, TAGS);
}

/** For other colours of what `axe` has looked at. */
export function axeColours(page: Page): Promise<string[]> {
  return run(page, COLOURS);
}

/** The same, with text at 7 : 1, which is what high contrast promises. */
export function axeEnhanced(page: Page): Promise<string[]> {
  return run(page, [...COLOURS, 'color-contrast-enhanced']);
}

/** In a world of its own over the debugging protocol: the page's content policy stays as strict as it is. One for each document. */
async function run(page: Page, runOnly: readonly string[]): Promise<string[]> {
  const session = worlds.get(page) ?? (await page.context().newCDPSession(page));
  worlds.set(page, session);
  const { frameTree } = await session.send('Page.getFrameTree');
  const world = { frameId: frameTree.frame.id, worldName: 'axe' };
  const { executionContextId: contextId } = await session.send('Page.createIsolatedWorld', world);
  const known = await session.send('Runtime.evaluate', { expression: 'typeof axe', contextId });
  if (known.result.value === 'undefined') await session.send('Runtime.evaluate', { expression: source, contextId });
  const options = JSON.stringify({ runOnly, resultTypes: ['violations'] });
  const expression = `axe.run(document, ${options}).then(({ violations, passes }) => JSON.stringify({ violations, passed: passes.length }))`;
  const { result } = await session.send('Runtime.evaluate', { expression, contextId, awaitPromise: true, returnByValue: true });
  const { violations, passed } = JSON.parse(String(result.value)) as { violations: Violation[]; passed: number };
  if (passed === 0) return ['axe looked at nothing'];
  return violations.map(
    ({ id, help, nodes }) =>
      `${id}: ${help} (${nodes
        .map(({ target }) => target.join(' '))
        .slice(0, 3)
        .join('; ')})`,
  );
}

/** What a sideways scroll bar or a cut word would be seen for. The function runs in the page and stands alone. */
export function layoutFaults(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const SLACK_PX = 1; // fonts are measured in fractions
    const { scrollWidth, clientWidth } = document.documentElement;
    const style = (element: Element) => getComputedStyle(element);
    const up = (element: Element): Element[] => (element.parentElement ? [element, ...up(element.parentElement)] : [element]);

    /** On the screen, with text of its own that is not for screen readers only. */
    function isRead(element: Element): boolean {
      const own = [...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.textContent?.trim());
      const { width, height } = element.getBoundingClientRect();
      return own && width * height > 0 && element.checkVisibility() && !up(element).some((one) => style(one).clipPath === 'inset(50%)');
    }
    function isCut(element: Element): boolean {
      const { overflowX, overflowY, display } = style(element);
      const sideways = (overflowX === 'hidden' || overflowX === 'clip') && element.scrollWidth > element.clientWidth + SLACK_PX;
      const below = (overflowY === 'hidden' || overflowY === 'clip') && element.scrollHeight > element.clientHeight + SLACK_PX;
      return display !== 'inline' && (sideways || below);
    }
    function textOf(element: Element): DOMRect {
      const range = document.createRange();
      range.selectNodeContents(element);
      return range.getBoundingClientRect();
    }
    /** The nearest box around it that does not let its content show outside: one that scrolls is well, one that hides is not. */
    function isCutByBox(element: Element): boolean {
      const box = up(element)
        .slice(1)
        .find((one) => one !== document.body && one !== document.documentElement && style(one).overflowX !== 'visible');
      if (!box || (style(box).overflowX !== 'hidden' && style(box).overflowX !== 'clip')) return false;
      const [text, edge] = [textOf(element), box.getBoundingClientRect()];
      return text.right > edge.right + SLACK_PX || text.left < edge.left - SLACK_PX;
    }
    function isOutside(element: Element): boolean {
      const { left, right } = textOf(element);
      const scrolls = up(element).some((one) => ['auto', 'scroll'].includes(style(one).overflowX) && one.scrollWidth > one.clientWidth);
      return !scrolls && (left < -SLACK_PX || right > clientWidth + SLACK_PX);
    }
    function faultOf(element: Element): string[] {
      const what = isCut(element) ? 'cut off' : isCutByBox(element) ? 'cut off by its box' : isOutside(element) ? 'outside the window' : '';
      const text = (element.textContent ?? '').trim().slice(0, 40);
      return what === '' ? [] : [`${what}: ${element.tagName.toLowerCase()}.${[...element.classList].join('.')} “${text}”`];
    }

    const wide = scrollWidth > clientWidth ? [`the page is ${scrollWidth - clientWidth}px wider than the window`] : [];
    const read = [...document.body.querySelectorAll('*')].filter((element) => !element.closest('svg, option') && isRead(element));
    return [...wide, ...read.flatMap(faultOf)];
  });
}

/** Controls that cannot be pressed where they are, however one scrolls: something else lies over their middle. */
export function coveredControls(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const controls = [...document.querySelectorAll<HTMLElement>('a[href], button, input, select, summary')];
    const before = scrollY;
    const covered = controls.filter((control) => {
      const { width, height } = control.getBoundingClientRect();
      // What is for screen readers only, or waits out of sight until it has the focus.
      if (width * height < 16 || !control.checkVisibility() || control.matches('.skip, .vh')) return false;
      control.scrollIntoView({ block: 'center', inline: 'center' });
      const box = control.getBoundingClientRect();
      const top = document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2);
      return top === null || !(control.contains(top) || top.contains(control) || top.closest('label')?.contains(control));
    });
    scrollTo(0, before);
    return covered.map(
      (control) => `covered: ${control.tagName.toLowerCase()} “${(control.textContent || control.title).trim().slice(0, 40)}”`,
    );
  });
}
