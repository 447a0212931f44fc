/** `protocol` and `session`: the app's own scheme, and the handlers that every request and permission really passes. */
import { EventEmitter } from 'node:events';
import { record } from './trace.ts';

type Handler = (request: Request) => Response | Promise<Response>;
type OnRequest = (details: { url: string; resourceType: string }, decide: (answer: { cancel?: boolean }) => void) => void;
type OnPermission = (contents: unknown, permission: string, decide: (granted: boolean) => void, details: object) => void;
type OnCheck = (contents: unknown, permission: string, origin: string, details: object) => boolean;

const schemes = new Map<string, Handler>();

export const protocol = {
  registerSchemesAsPrivileged: (list: unknown) => record('protocol.registerSchemesAsPrivileged', list),
  handle: (scheme: string, handler: Handler) => void schemes.set(scheme, handler),
};

export function schemeHandler(url: string): Handler | undefined {
  return schemes.get(url.split(':', 1)[0] ?? '');
}

class Session extends EventEmitter {
  #onRequest: OnRequest | undefined;
  #onPermission: OnPermission | undefined;
  #onCheck: OnCheck | undefined;

  readonly webRequest = {
    onBeforeRequest: (listener: OnRequest) => {
      this.#onRequest = listener;
    },
  };
  setPermissionRequestHandler(handler: OnPermission): void {
    this.#onPermission = handler;
  }
  setPermissionCheckHandler(handler: OnCheck): void {
    this.#onCheck = handler;
  }

  /** Whether the app cancels this request. */
  cancels(url: string, resourceType: string): Promise<boolean> {
    const { promise, resolve } = Promise.withResolvers<boolean>();
    if (this.#onRequest) this.#onRequest({ url, resourceType }, ({ cancel }) => resolve(cancel === true));
    else resolve(false);
    return promise;
  }

  /** Whether the app grants it, asked as Electron asks: the check first, then the request. Without handlers it is granted. */
  async grants(contents: { getURL(): string }, permission: string): Promise<boolean> {
    const origin = contents.getURL().split('/').slice(0, 3).join('/');
    const checked = this.#onCheck?.(contents, permission, origin, {}) ?? true;
    const { promise, resolve } = Promise.withResolvers<boolean>();
    if (this.#onPermission) this.#onPermission(contents, permission, resolve, {});
    else resolve(true);
    return (await promise) && checked;
  }
}

export const session = { defaultSession: new Session() };
