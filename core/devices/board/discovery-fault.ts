/** What a failed discovery means to a person. */
import type { ChainFailure } from '../chip/chain-events.ts';
import type { BoardFault } from './board-fault.ts';

export function discoveryFault(failure: ChainFailure): BoardFault {
  switch (failure.code) {
    case 'chips-missing':
      return { code: 'device-no-chips', found: failure.found, expected: failure.expected };
    case 'chips-too-many':
      return { code: 'device-nonsense', text: `more than ${failure.limit} chips answer` };
    case 'chip-unexpected':
      return { code: 'device-nonsense', text: `a chip calls itself ${failure.idWord.toString(16)}` };
  }
}
