/** What a board is, as data: which device it is, how it is wired, what it may do. One entry a board, in `models.ts`. */
import type { ChipFamily } from '../chip/chip-family.ts';
import type { SafetyLimits } from './thermal-policy.ts';
import type { OpenWires } from './wires.ts';

export interface BoardModel {
  /** What people call it. */
  readonly name: string;
  /** Part of device ids; never changes. */
  readonly slug: string;
  readonly family: ChipFamily;
  /** Which chip it really is, where a board comes with several kinds. */
  familyFor?(idWord: number): ChipFamily;
  /** Fewer are a failure. */
  readonly chips: number;
  /** More are a failure too: the board is another one, with other limits. */
  readonly mostChips?: number;
  /** Share of a chip's cores that count, where the makers' rates are lower than the formula. */
  readonly rateScale: number;
  readonly startMhz: number;
  readonly profiles: { readonly eco: number; readonly stock: number; readonly performance: number };
  /** What a person may set. Within what the chip's PLL makes, and what the board's supply and cooling bear. */
  readonly rangeMhz: readonly [min: number, max: number];
  /** At most; lowered to what the work asks for. */
  readonly ticketDifficulty: number;
  /** Present: the board measures, and these are its limits. */
  readonly safety?: SafetyLimits;
  readonly readingsEveryMs?: number;
  readonly open: OpenWires;
  /** It can be told apart by its light. */
  readonly hasLight?: true;
  /** Nobody saw our driver on real hardware or a faithful emulation of it: no power and no byte until a person agrees. */
  readonly experimental?: true;
  /** Its USB strings are those of any gadget with the same bridge. Always `experimental`. */
  readonly isGuess?: true;
  /** What it may turn out to be once it is asked: boards that USB alone does not tell apart. */
  others?(): readonly BoardModel[];
}

/** The frequency a person asked for, within what the board may do. */
export function wantedMhz(
  model: BoardModel,
  settings: { readonly frequencyMhz?: number; readonly profile?: 'eco' | 'stock' | 'performance' },
  capMhz: number | undefined,
): number {
  const [min, max] = model.rangeMhz;
  const asked = settings.frequencyMhz ?? model.profiles[settings.profile ?? 'stock'];
  return Math.max(min, Math.min(max, asked, capMhz ?? max));
}
