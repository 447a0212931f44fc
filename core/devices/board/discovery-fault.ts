/** What a failed discovery means to a person, or to the board's device: that it is another board. */
import type { ChainFailure } from '../chip/chain-events.ts';
import type { BoardFault } from './board-fault.ts';
import type { BoardModel } from './board-model.ts';

export function discoveryFault(failure: ChainFailure, model: BoardModel): BoardFault {
  switch (failure.code) {
    case 'chips-missing':
      return { code: 'device-no-chips', found: failure.found, expected: failure.expected };
    case 'chips-too-many':
      return { code: 'device-nonsense', text: `more than ${failure.limit} chips answer` };
    case 'chip-unexpected':
      return otherBoard(model, failure.idWord) ?? { code: 'device-nonsense', text: `a chip calls itself ${failure.idWord.toString(16)}` };
  }
}

/** Too many chips where a board has just so many: its supply and cooling are not those of this model. */
export function tooManyChips(chips: number, { mostChips, name }: BoardModel): BoardFault | undefined {
  if (mostChips === undefined || chips <= mostChips) return undefined;
  return { code: 'device-nonsense', text: `${chips} chips answer where a ${name} has ${mostChips}` };
}

function otherBoard(model: BoardModel, idWord: number): BoardFault | undefined {
  const other = model.others?.().find(({ family }) => family.idWords.includes(idWord));
  return other && { code: 'device-other-board', slug: other.slug };
}
