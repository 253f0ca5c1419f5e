import type { Upstream } from '../upstream.ts';
import { type Parsed, parsed, problem } from './parsed.ts';
import { parseEndpoint } from './url.ts';

/** Parses where requests go: the `upstream` parameter, or a route's own. */
export function parseUpstream(value: string): Parsed<Upstream> {
  if (value === 'whoami') return parsed({ kind: 'whoami' });
  const url = parseEndpoint(value, { allowHttp: true });
  if (typeof url === 'string') return problem(`${url}; it takes an origin or "whoami"`);
  if (url.pathname !== '/' || url.search !== '') return problem('must be an origin: no path and no query');
  return parsed({ kind: 'origin', origin: url });
}
