/**
 * Emulated boards for your own kernel: node test/usb-bench/serve.ts [--port N] BOARD…
 *
 * On Linux, as root: modprobe vhci-hcd; usbip attach -r 127.0.0.1 -b 1-1 (and 1-2, …). usbip's own port is 3240.
 * Lines on standard input are faults, as JSON: {"busid":"1-1","kind":"unplug","isOut":true}
 */
import { createInterface } from 'node:readline';
import type { BoardFault } from './emulators/board.ts';
import { type BoardName, boards, buildBoard } from './emulators/boards.ts';
import { UsbipServer } from './usbip/server.ts';

const USBIP_PORT = 3240;
/** How often the boards' counts are printed. */
const REPORT_MS = 10_000;

const words = process.argv.slice(2);
const at = words.indexOf('--port');
const port = at < 0 ? USBIP_PORT : Number(words[at + 1]);
const names = at < 0 ? words : words.toSpliced(at, 2);
if (names.length === 0 || !names.every((name) => name in boards) || !Number.isInteger(port)) {
  console.error(`usage: serve.ts [--port N] BOARD…\nboards: ${Object.keys(boards).join(' ')}`);
  process.exit(2);
}

const server = new UsbipServer();
for (const [index, name] of names.entries()) {
  const busid = server.add(buildBoard(name as BoardName, { serial: `EMU-${index + 1}` }));
  console.log(`${busid} ${name}`);
}
console.log(`USB/IP on 127.0.0.1:${await server.listen(port)}`);

createInterface({ input: process.stdin }).on('line', (line) => {
  try {
    const { busid, ...fault } = JSON.parse(line) as { busid: string } & BoardFault;
    server.inject(busid, fault as BoardFault);
  } catch (error) {
    console.error(String(error));
  }
});
setInterval(() => {
  for (const { busid, board } of server.slots) console.log(busid, board.name, JSON.stringify(board.chain.stats), ...board.chain.complaints);
}, REPORT_MS);
