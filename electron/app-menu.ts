/** The menu's shortcuts are what people expect: edit, zoom, full screen, quit. No page can be opened from it. */
import { app, Menu, type MenuItemConstructorOptions } from 'electron';

export function setAppMenu(): void {
  const isMac = process.platform === 'darwin';
  const view: MenuItemConstructorOptions = {
    role: 'viewMenu',
    submenu: [
      { role: 'resetZoom' },
      { role: 'zoomIn' },
      { role: 'zoomIn', accelerator: 'CommandOrControl+=', visible: false }, // the key without Shift, as in browsers
      { role: 'zoomOut' },
      { type: 'separator' },
      { role: 'togglefullscreen' },
      ...developerItems(),
    ],
  };
  const first: MenuItemConstructorOptions = isMac
    ? { role: 'appMenu' }
    : { role: 'fileMenu', submenu: [{ role: 'close' }, { role: 'quit' }] };
  const last: MenuItemConstructorOptions[] = isMac ? [{ role: 'windowMenu' }] : [];
  Menu.setApplicationMenu(Menu.buildFromTemplate([first, { role: 'editMenu' }, view, ...last]));
}

function developerItems(): MenuItemConstructorOptions[] {
  return app.isPackaged ? [] : [{ type: 'separator' }, { role: 'reload' }, { role: 'toggleDevTools' }];
}
