/** The app's own scheme: pages come from memory under one origin, never from `file://`, and nothing else is loaded. */
import { app, protocol, session } from 'electron';
import { loadAssets } from '../core/io/web-assets.ts';

const SCHEME = 'hearth';
export const ORIGIN = `${SCHEME}://app`;
export const START_PAGE = `${ORIGIN}/index.html`;

const headers = {
  'Content-Security-Policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'X-Content-Type-Options': 'nosniff',
};

/** Must run before the app is ready. */
export function registerScheme(): void {
  protocol.registerSchemesAsPrivileged([{ scheme: SCHEME, privileges: { standard: true, secure: true, supportFetchAPI: true } }]);
}

/** Serves the built pages; refuses every permission but copying a text, every other address, every foreign download. */
export async function servePages(folder: string): Promise<void> {
  const assets = await loadAssets(folder);
  protocol.handle(SCHEME, (request) => {
    const asset = isOurs(request.url) ? assets.get(new URL(request.url).pathname) : undefined;
    if (!asset) return new Response('', { status: 404, headers });
    return new Response(Uint8Array.from(asset.bytes), { headers: { ...headers, 'Content-Type': asset.type } });
  });
  const { defaultSession } = session;
  defaultSession.setPermissionRequestHandler((contents, permission, decide) => decide(mayHave(permission, contents.getURL())));
  defaultSession.setPermissionCheckHandler((_contents, permission, origin) => mayHave(permission, `${origin}/`));
  defaultSession.webRequest.onBeforeRequest(({ url }, decide) => decide({ cancel: !mayLoad(url) }));
  defaultSession.on('will-download', (event, item) => {
    if (!isMadeHere(item.getURL())) event.preventDefault();
  });
}

/** Whether an address is a page of the app itself. */
export function isOurs(url: string): boolean {
  return url.startsWith(`${ORIGIN}/`);
}

function mayHave(permission: string, url: string): boolean {
  return permission === 'clipboard-sanitized-write' && isOurs(url);
}

function mayLoad(url: string): boolean {
  const inspector = !app.isPackaged && url.startsWith('devtools://');
  return isOurs(url) || isMadeHere(url) || url.startsWith('data:image/') || inspector;
}

/** A backup or table that the page made itself, to be saved as a file. */
function isMadeHere(url: string): boolean {
  return url.startsWith(`blob:${ORIGIN}/`);
}
