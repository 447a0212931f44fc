/** What the bench on the host and the agent in the guest say to each other: one JSON object a line, over TCP. */
import type { Socket } from 'node:net';

export type ToGuest =
  | { readonly do: 'attach'; readonly busid: string; readonly port: number }
  | { readonly do: 'run'; readonly id: number; readonly command: readonly string[]; readonly env: Readonly<Record<string, string>> }
  | { readonly do: 'write'; readonly id: number; readonly text: string }
  | { readonly do: 'signal'; readonly id: number; readonly signal: NodeJS.Signals }
  | { readonly do: 'power-off' };

export type ToHost =
  | { readonly say: 'ready'; readonly kernel: string }
  /** The guest's own time: emulated boards live by it. */
  | { readonly say: 'time'; readonly ms: number }
  | { readonly say: 'attached'; readonly busid: string; readonly port: number }
  | { readonly say: 'not-attached'; readonly busid: string; readonly reason: string }
  | { readonly say: 'output'; readonly id: number; readonly text: string }
  | { readonly say: 'exit'; readonly id: number; readonly code: number | undefined; readonly signal: string | undefined };

/** How often the guest tells its time. */
export const BEAT_MS = 20;
/** A line longer than this is no message of ours. */
const LONGEST_LINE = 1 << 20;

export function sendLine(socket: Socket, message: ToGuest | ToHost): void {
  socket.write(`${JSON.stringify(message)}\n`);
}

/** Calls `hear` for every message that comes. */
export function hearLines<Message>(socket: Socket, hear: (message: Message) => void): void {
  let text = '';
  socket.setEncoding('utf8');
  socket.on('data', (piece: string) => {
    text += piece;
    const lines = text.split('\n');
    text = lines.pop() ?? '';
    if (text.length > LONGEST_LINE) socket.destroy();
    for (const line of lines) hear(JSON.parse(line) as Message);
  });
}
