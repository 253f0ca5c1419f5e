import type { IncomingHttpHeaders } from 'node:http';

/** The header field that every API call must have. A page of another origin cannot send it without a preflight, which fails here. */
export const OWN_FIELD = 'x-playground';

/**
 * Why a request is rejected; undefined if it is not. Keeps pages of other origins from changing or reading anything here. The server has
 * already checked that the Host names this machine.
 */
export function requestProblem(path: string, headers: IncomingHttpHeaders): string | undefined {
  const { host, origin } = headers;
  if (origin !== undefined && origin !== `http://${host}`) {
    return 'This request comes from a page of another origin. Open the playground itself.';
  }
  if (!path.startsWith('/api/')) return undefined;
  const site = headers['sec-fetch-site'];
  if (site !== undefined && site !== 'same-origin') {
    return 'This request comes from another site. Open the playground itself.';
  }
  if (headers[OWN_FIELD] !== '1') return `A call of this API needs the header field "${OWN_FIELD}: 1".`;
  return undefined;
}

/** Header fields of every response. */
export const SECURITY_FIELDS = {
  'Cache-Control': 'no-store',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
} as const;

/** The page's Content-Security-Policy. The nonce is for the style sheet that the editor creates at run time. */
export const contentSecurityPolicy = (nonce: string): string =>
  [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    "img-src 'self'",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join('; ');
