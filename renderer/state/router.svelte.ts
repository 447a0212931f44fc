/** Which screen is shown: the part of the address after `#/`. Works the same under the window's own scheme and over HTTP. */
export const screens = ['mine', 'devices', 'pools', 'proof', 'history', 'settings', 'welcome', 'add'] as const;
export type Screen = (typeof screens)[number];

export interface Place {
  readonly screen: Screen;
  /** What follows the screen: a device or source id. */
  readonly arg: string;
  /** `?url=` of a link that a web page handed over. */
  readonly url: string;
}

const MAX_URL_CHARS = 512; // as the contract allows in one field

/** `#/pools/edit-1` → screen `pools`, arg `edit-1`; anything unknown is home. */
export function parsePlace(hash: string): Place {
  const [path = '', query = ''] = hash.replace(/^#\/?/, '').split('?', 2);
  const [first = '', ...rest] = path.split('/');
  const screen = screens.find((one) => one === first) ?? 'mine';
  return { screen, arg: decode(rest.join('/')), url: (new URLSearchParams(query).get('url') ?? '').slice(0, MAX_URL_CHARS) };
}

export function href(screen: Screen, arg = ''): string {
  return arg === '' ? `#/${screen}` : `#/${screen}/${encodeURIComponent(arg)}`;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return '';
  }
}

class Router {
  place = $state.raw<Place>(parsePlace(''));

  /** Follows the address from now on. Returns the function that stops it. */
  start(place: Window = window): () => void {
    const read = () => {
      this.place = parsePlace(place.location.hash);
    };
    read();
    place.addEventListener('hashchange', read);
    return () => place.removeEventListener('hashchange', read);
  }

  go(screen: Screen, arg = ''): void {
    location.hash = href(screen, arg);
  }
}

export const router = new Router();
