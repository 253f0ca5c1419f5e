import type { Upstream } from '../upstream.ts';
import { type Parsed, parsed, problem } from './parsed.ts';
import { parseEndpoint } from './url.ts';

/** Parses where requests go: the `upstream` parameter, or a route's own. */
export function parseUpstream(value: string): Parsed<Upstream> {
  if (value === 'whoami') return parsed({ kind: 'whoami' });
  const url = parseEndpoint(value, { allowHttp: true });
  if (typeof url === 'string') return problem(`${url}; it takes an origin or "whoami"`);
  if (url.search !== '') return problem('must have no query');
  const basePath = url.pathname.replace(/\/$/, '');
  if (!BASE_PATH.test(basePath)) {
    return problem(
      'must have no base path, or one with only letters, digits and any of "._~-" in its segments',
    );
  }
  return parsed({ kind: 'origin', origin: new URL(url.origin), basePath });
}

/** Segments with only one spelling. The URL parser has already removed dot segments. */
const BASE_PATH = /^(?:\/[A-Za-z0-9._~-]+)*$/;
