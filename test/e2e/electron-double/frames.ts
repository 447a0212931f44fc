/** The frames of a page and the script worlds in them, as `webFrameMain` shows them to the app. */
import { toElectron } from './address.ts';
import type { Json } from './cdp.ts';

export interface Frame {
  readonly id: string;
  url: string;
  readonly parent: Frame | null;
}

interface World {
  readonly frameId: string;
  /** Empty for the page's own. */
  readonly name: string;
}

export class Frames {
  main: Frame | undefined;
  readonly #frames = new Map<string, Frame>();
  readonly #worlds = new Map<number, World>();

  /** The process with all of them is gone. */
  clear(): void {
    this.main = undefined;
    this.#frames.clear();
    this.#worlds.clear();
  }

  attached(id: string, parentId: string): void {
    this.#frames.set(id, { id, url: 'about:blank', parent: this.#frames.get(parentId) ?? null });
  }
  detached(id: string): void {
    this.#frames.delete(id);
  }
  navigated({ id, parentId, url, urlFragment = '' }: Json): void {
    const frame = this.#frames.get(id) ?? { id, url: '', parent: this.#frames.get(parentId) ?? null };
    frame.url = toElectron(url + urlFragment);
    this.#frames.set(id, frame);
    if (parentId === undefined) this.main = frame;
  }
  moved(id: string, url: string): void {
    const frame = this.#frames.get(id);
    if (frame) frame.url = toElectron(url);
  }

  contextCreated({ id, auxData, name }: Json): void {
    this.#worlds.set(id, { frameId: auxData.frameId, name: auxData.isDefault ? '' : name });
  }
  contextDestroyed(id: number): void {
    this.#worlds.delete(id);
  }
  contextsCleared(): void {
    this.#worlds.clear();
  }

  frameOfContext(contextId: number): Frame | null {
    return this.#frames.get(this.#worlds.get(contextId)?.frameId ?? '') ?? null;
  }
  contextOf(frameId: string | undefined, world: string): number | undefined {
    return [...this.#worlds].find(([, one]) => one.frameId === frameId && one.name === world)?.[0];
  }
  /** The newest frame below the main one. */
  get child(): Frame | undefined {
    return [...this.#frames.values()].findLast(({ parent }) => parent !== null);
  }
}
