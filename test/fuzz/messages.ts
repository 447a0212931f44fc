/** Payloads of every message, random and damaged: they decode or are refused, and what decodes encodes to the same bytes. */
import { equal } from '../../core/bytes.ts';
import { commonFromClient, commonFromServer } from '../../core/sv2/messages/common.ts';
import { extensionsFromClient, extensionsFromServer } from '../../core/sv2/messages/extensions.ts';
import { jobDeclarationFromClient, jobDeclarationFromServer } from '../../core/sv2/messages/job-declaration.ts';
import { miningFromClient, miningFromServer } from '../../core/sv2/messages/mining.ts';
import { templateDistributionFromClient, templateDistributionFromServer } from '../../core/sv2/messages/template-distribution.ts';
import { decodePayload, encodePayload, type MessageDef, type MessageOf } from '../../core/wire/message.ts';
import { mutated } from './mutate.ts';
import type { SeededRandom } from './random.ts';
import { type FuzzTarget, insist } from './target.ts';

const defs: readonly MessageDef[] = [
  ...commonFromClient,
  ...commonFromServer,
  ...extensionsFromClient,
  ...extensionsFromServer,
  ...miningFromClient,
  ...miningFromServer,
  ...jobDeclarationFromClient,
  ...jobDeclarationFromServer,
  ...templateDistributionFromClient,
  ...templateDistributionFromServer,
];

const MOST_BYTES = 600;

export const messages: FuzzTarget = {
  name: 'messages',
  parts: 40,
  run(random) {
    const def = random.pick(defs);
    const first = decodePayload(def, likelyPayload(random)).message;
    const bytes = encodePayload(def, first);
    const again = encodePayload(def, decodePayload(def, bytes).message);
    // Not compared with the input: bits above a BOOL's first and text that is no UTF-8 are allowed and not kept.
    insist(equal(again, bytes), `${def.name} comes back from its bytes`);
    decodePayload(def, mutated(bytes, random)) satisfies { message: MessageOf<MessageDef> };
  },
};

/** Small numbers often, so that lengths and counts in it are often true. */
function likelyPayload(random: SeededRandom): Uint8Array {
  const bytes = random.bytes(random.below(MOST_BYTES));
  const sparse = random.pick([1, 2, 4]);
  return bytes.map((byte) => (random.oneIn(sparse) ? byte : byte & random.pick([0, 1, 3, 31])));
}
