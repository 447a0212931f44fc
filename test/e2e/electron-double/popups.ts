/** Windows that a page opens: held before they load anything, and closed. The app's answer to them is asked elsewhere. */
import type { Chromium, Json } from './cdp.ts';

export async function closePopups(chromium: Chromium): Promise<void> {
  chromium.listen('', (method: string, { targetInfo, sessionId }: Json) => {
    if (method !== 'Target.attachedToTarget') return;
    const isPopup = targetInfo.openerId !== undefined;
    const done = isPopup
      ? chromium.send('Target.closeTarget', { targetId: targetInfo.targetId })
      : chromium.send('Runtime.runIfWaitingForDebugger', {}, sessionId);
    done.catch(() => undefined);
  });
  const filter = [{ type: 'page' }, { exclude: true }];
  await chromium.send('Target.setAutoAttach', { autoAttach: true, waitForDebuggerOnStart: true, flatten: true, filter });
}
