import { expect, test } from 'vitest';
import { browserCommand } from '../../core/host/open-browser.ts';

const URL = 'http://127.0.0.1:1/?token=x&y';

test.each([
  ['darwin', {}, ['open', URL]],
  ['win32', {}, ['rundll32', 'url.dll,FileProtocolHandler', URL]],
  ['linux', { DISPLAY: ':0' }, ['xdg-open', URL]],
  ['linux', { WAYLAND_DISPLAY: 'wayland-0' }, ['xdg-open', URL]],
  ['linux', {}, undefined],
  ['freebsd', { DISPLAY: ':0' }, ['xdg-open', URL]],
  ['darwin', { CI: 'true' }, undefined],
] as const)('%s with %o: the address goes as one argument, through no shell', (platform, environment, command) => {
  expect(browserCommand(URL, platform, environment)).toEqual(command);
});
