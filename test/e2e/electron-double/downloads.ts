/** Downloads: each passes the session's `will-download`, then is kept in a folder instead of asking the person where. */
import { join } from 'node:path';
import { toElectron } from './address.ts';
import { emitCancellable } from './cancellable.ts';
import type { Chromium, Json } from './cdp.ts';
import { session } from './session.ts';
import { record } from './trace.ts';

export async function watchDownloads(chromium: Chromium): Promise<void> {
  const names = new Map<string, string>();
  chromium.listen('', (method: string, params: Json) => {
    if (method === 'Browser.downloadWillBegin') {
      const url = toElectron(params.url);
      const item = { getURL: () => url, getFilename: () => params.suggestedFilename };
      const refused = emitCancellable(session.defaultSession, 'will-download', {}, item);
      if (refused) void chromium.send('Browser.cancelDownload', { guid: params.guid }).catch(() => undefined);
      names.set(params.guid, params.suggestedFilename);
      record('download', url, refused ? 'refused' : 'allowed');
    } else if (method === 'Browser.downloadProgress' && params.state === 'completed') {
      record('downloaded', names.get(params.guid), join(chromium.downloads, params.guid));
    }
  });
  await chromium.send('Browser.setDownloadBehavior', { behavior: 'allowAndName', downloadPath: chromium.downloads, eventsEnabled: true });
}
