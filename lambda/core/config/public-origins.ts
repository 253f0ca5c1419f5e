import { type Parsed, parsedList } from './parsed.ts';
import { isLoopback } from './url.ts';

/** Parses origins as browsers send them (RFC 6454 §6.2): scheme, host, and the port unless it is the scheme's own. */
export const parseOrigins = (
  origins: readonly string[],
  problemOf: (origin: string) => string | undefined = originProblem,
): Parsed<readonly string[]> => parsedList(origins, problemOf);

/** The problem with a text as the origin of a web page. */
export function originProblem(text: string): string | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol) || !/^[\w.:[\]-]+$/.test(url.host)) {
    return 'must be one origin such as https://app.example.com, without wildcards';
  }
  if (url.protocol === 'http:' && !isLoopback(url)) return 'must be https (http is for loopback only)';
  return url.origin === text ? undefined : `must be ${url.origin}, as browsers send it`;
}
