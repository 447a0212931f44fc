/**
 * Extensions negotiation, client side (extension 0x0001; EXT-1 … EXT-5, SEC-35): asks for what is wanted, keeps only what
 * was asked for and granted, comes back once with what a server requires, and never waits for ever: servers without this
 * extension stay silent.
 */
import { PeerError } from '../errors.ts';
import type { MessageOf } from '../wire/message.ts';
import type { RequestExtensions, RequestExtensionsError, RequestExtensionsSuccess } from './messages/extensions.ts';

/** What the person's choice asks for, and what Hearth could use if the server insists. */
export interface ExtensionWishes {
  /** Empty: nothing is asked, nothing is sent. */
  readonly wanted: readonly number[];
  readonly usable: readonly number[];
  /** How long an answer may take; afterwards the server is taken for silent. */
  readonly patienceMs: number;
}

export type ExtensionFailure = { readonly code: 'setup-refused'; readonly what: 'extensions-required'; readonly required: string };

type State =
  | { readonly at: 'settled'; readonly granted: ReadonlySet<number> }
  | {
      readonly at: 'asking';
      readonly requestId: number;
      readonly asked: readonly number[];
      readonly deadline: number;
      readonly again: boolean;
    };

const NOTHING: ReadonlySet<number> = new Set();

export class ExtensionNegotiation {
  readonly #wishes: ExtensionWishes;
  #state: State = { at: 'settled', granted: NOTHING };
  #requestId = 0;

  constructor(wishes: ExtensionWishes) {
    this.#wishes = wishes;
  }

  get asking(): boolean {
    return this.#state.at === 'asking';
  }

  /** Negotiated now; empty while asking (EXT-12). */
  get granted(): ReadonlySet<number> {
    return this.#state.at === 'settled' ? this.#state.granted : NOTHING;
  }

  /** Monotonic milliseconds, while an answer is awaited. */
  get deadline(): number | undefined {
    return this.#state.at === 'asking' ? this.#state.deadline : undefined;
  }

  /** Forgets what was granted and asks anew; undefined when nothing is wanted. */
  begin(now: number): MessageOf<typeof RequestExtensions> | undefined {
    if (this.#wishes.wanted.length > 0) return this.#ask(this.#wishes.wanted, now, false);
    this.#state = { at: 'settled', granted: NOTHING };
    return undefined;
  }

  /** False when the answer belongs to no question of ours (COM-19). */
  onSuccess(answer: MessageOf<typeof RequestExtensionsSuccess>): boolean {
    const state = this.#state;
    if (state.at !== 'asking' || answer.requestId !== state.requestId) return false;
    this.#state = { at: 'settled', granted: new Set(answer.supportedExtensions.filter((id) => state.asked.includes(id))) };
    return true;
  }

  /**
   * `ignored`: no question of ours. `settled`: go on without. A message: the second and last question.
   * @throws PeerError<ExtensionFailure> when the server insists on what Hearth cannot do, or insists twice
   */
  onError(answer: MessageOf<typeof RequestExtensionsError>, now: number): 'ignored' | 'settled' | MessageOf<typeof RequestExtensions> {
    const state = this.#state;
    if (state.at !== 'asking' || answer.requestId !== state.requestId) return 'ignored';
    const required = answer.requiredExtensions;
    if (required.length === 0) {
      this.#state = { at: 'settled', granted: NOTHING };
      return 'settled';
    }
    if (state.again || !required.every((id) => this.#wishes.usable.includes(id))) {
      throw new PeerError<ExtensionFailure>({
        code: 'setup-refused',
        what: 'extensions-required',
        required: required.slice(0, 8).join(' '),
      });
    }
    const stillWanted = this.#wishes.wanted.filter((id) => !answer.unsupportedExtensions.includes(id));
    return this.#ask([...new Set([...required, ...stillWanted])], now, true);
  }

  /** True when the server stayed silent: nothing is granted from here on. */
  tick(now: number): boolean {
    if (this.#state.at !== 'asking' || now < this.#state.deadline) return false;
    this.#state = { at: 'settled', granted: NOTHING };
    return true;
  }

  #ask(asked: readonly number[], now: number, again: boolean): MessageOf<typeof RequestExtensions> {
    this.#requestId = (this.#requestId + 1) & 0xffff;
    const requestId = this.#requestId;
    this.#state = { at: 'asking', requestId, asked, deadline: now + this.#wishes.patienceMs, again };
    return { name: 'RequestExtensions', requestId, requestedExtensions: [...asked] };
  }
}
