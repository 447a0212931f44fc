/** Answers a request of the page: past the app's filter, from the app's scheme or from a page planted by the test. */
import { toElectron, withoutHash } from './address.ts';
import type { Json } from './cdp.ts';
import { schemeHandler, session } from './session.ts';
import { record } from './trace.ts';

/** Pages of strangers that the test wants a window to be in, past every wall: address → HTML. */
export const planted = new Map<string, string>();

export async function answerRequest(
  cdp: (method: string, params: Json) => Promise<Json>,
  { requestId, request, resourceType }: Json,
): Promise<void> {
  const url = toElectron(request.url);
  const html = planted.get(url);
  if (html !== undefined) return fulfil(cdp, requestId, new Response(html, { headers: { 'Content-Type': 'text/html' } }));
  if (await session.defaultSession.cancels(url, resourceType)) {
    record('request', url, 'cancelled');
    return void (await cdp('Fetch.failRequest', { requestId, errorReason: 'BlockedByClient' }));
  }
  const handler = schemeHandler(url);
  if (handler) return fulfil(cdp, requestId, await handler(new Request(withoutHash(url))));
  if (/^(data|blob):/.test(url)) return void (await cdp('Fetch.continueRequest', { requestId }));
  record('request', url, 'let through');
  await cdp('Fetch.failRequest', { requestId, errorReason: 'InternetDisconnected' });
}

async function fulfil(cdp: (method: string, params: Json) => Promise<Json>, requestId: string, response: Response): Promise<void> {
  const responseHeaders = [...response.headers].map(([name, value]) => ({ name, value }));
  const body = Buffer.from(await response.arrayBuffer()).toString('base64');
  await cdp('Fetch.fulfillRequest', { requestId, responseCode: response.status, responseHeaders, body });
}
