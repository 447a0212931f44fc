/** What the local page lets in and tells browsers: its own names, its own origins, a policy that allows nothing foreign. */

/** A browser on this machine may know us by these names; under any other it was led here by a rebound DNS name. */
function ourHosts(port: number): readonly string[] {
  return [`127.0.0.1:${port}`, `localhost:${port}`];
}

export function hostIsOurs(port: number, host: string | undefined): boolean {
  return host !== undefined && ourHosts(port).includes(host);
}

/** No origin at all is none of ours: every browser sends one with a WebSocket. */
export function originIsOurs(port: number, origin: string | undefined): boolean {
  return origin !== undefined && ourHosts(port).some((host) => origin === `http://${host}`);
}

/** Headers of every answer. */
export function securityHeaders(port: number): Record<string, string> {
  const sockets = ourHosts(port).map((host) => `ws://${host}`);
  return {
    'Content-Security-Policy': `default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self' ${sockets.join(' ')}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
    'X-Content-Type-Options': 'nosniff',
    'Referrer-Policy': 'no-referrer',
    'Cross-Origin-Opener-Policy': 'same-origin',
    'Cross-Origin-Resource-Policy': 'same-origin',
    'X-Frame-Options': 'DENY',
  };
}

export interface Target {
  readonly path: string;
  readonly token: string | null;
}

/** Path and token of a request line; undefined for one that is no address at all, as `//`. */
export function targetOf(url: string | undefined, port: number): Target | undefined {
  try {
    const { pathname, searchParams } = new URL(url ?? '/', `http://127.0.0.1:${port}`);
    return { path: pathname === '/' ? '/index.html' : pathname, token: searchParams.get('token') };
  } catch {
    return undefined;
  }
}
