/** All fuzz targets, in the order they run. A new one is a file beside this one, and a line here. */
import { frames } from './frames.ts';
import { handshake } from './handshake.ts';
import { messages } from './messages.ts';
import { rpc } from './rpc.ts';
import type { FuzzTarget } from './target.ts';

export const targets: readonly FuzzTarget[] = [frames, messages, handshake, rpc];
