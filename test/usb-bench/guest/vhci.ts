/**
 * Hands an emulated device to the kernel's virtual host controller: asks the USB/IP server for it, then gives the very same
 * connection to vhci_hcd, which speaks on it from then on.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';

const CONTROLLER = '/sys/devices/platform/vhci_hcd.0';
const FREE = 4;
const FULL_SPEED = 2;
const REQUEST_IMPORT = Uint8Array.of(0x01, 0x11, 0x80, 0x03, 0, 0, 0, 0);
const BUSID_BYTES = 32;
const REPLY_BYTES = 8 + 312;
/** Offsets in the reply: status; bus and device number. */
const STATUS_AT = 4;
const PLACE_AT = 8 + 256 + 32;
const ANSWER_LIMIT_MS = 10_000;

/** The port of the virtual hub that the device now is on. @throws Error when the server has no such device. */
export async function attach(host: string, tcpPort: number, busid: string): Promise<number> {
  const socket = connect({ host, port: tcpPort, noDelay: true });
  try {
    const reply = await importDevice(socket, busid);
    const view = new DataView(reply.buffer, reply.byteOffset);
    const deviceId = (view.getUint32(PLACE_AT) << 16) | view.getUint32(PLACE_AT + 4);
    const port = freePort();
    writeFileSync(`${CONTROLLER}/attach`, `${port} ${descriptorOf(socket)} ${deviceId} ${FULL_SPEED}`);
    return port;
  } finally {
    // Closes our descriptor only: the kernel has its own reference to the connection.
    socket.destroy();
  }
}

function importDevice(socket: Socket, busid: string): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    let reply: Uint8Array = new Uint8Array(0);
    const limit = setTimeout(() => reject(new Error('the USB/IP server does not answer')), ANSWER_LIMIT_MS);
    socket.on('error', reject);
    socket.on('close', () => reject(new Error('the USB/IP server hung up')));
    socket.on('connect', () => socket.write(Buffer.concat([REQUEST_IMPORT, Buffer.from(busid.padEnd(BUSID_BYTES, '\0'))])));
    socket.on('data', (bytes) => {
      reply = Buffer.concat([reply, bytes]);
      const isRefused = reply.length >= 8 && new DataView(reply.buffer, reply.byteOffset).getUint32(STATUS_AT) !== 0;
      if (!isRefused && reply.length < REPLY_BYTES) return;
      clearTimeout(limit);
      socket.pause();
      if (isRefused) reject(new Error(`the USB/IP server does not give ${busid}`));
      else resolve(reply);
    });
  });
}

/** Node keeps the number to itself; the kernel wants it. */
function descriptorOf(socket: Socket): number {
  const handle = (socket as unknown as { _handle: { fd: number; readStop(): void } })._handle;
  handle.readStop();
  return handle.fd;
}

/** First free port of the full-speed hub: lines of `hs 0000 004 …`. */
function freePort(): number {
  const lines = readFileSync(`${CONTROLLER}/status`, 'utf8')
    .split('\n')
    .map((line) => line.trim().split(/\s+/));
  const free = lines.find(([hub, , state]) => hub === 'hs' && Number(state) === FREE);
  if (free === undefined) throw new Error('the virtual hub has no free port');
  return Number(free[1]);
}
