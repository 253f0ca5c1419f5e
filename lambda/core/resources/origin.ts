import { type HttpRequest, headerValues } from '../http/message.ts';
import type { Resource } from './resource.ts';

/**
 * Why a page must not call a resource; undefined where it may, or where no page is calling. Browsers say in Origin which
 * page a request is from; other clients send none.
 */
export function pageProblem(
  { allowedOrigins }: Resource,
  { headers }: Pick<HttpRequest, 'headers'>,
): string | undefined {
  if (allowedOrigins === undefined) return undefined;
  const [origin, ...more] = headerValues(headers, 'origin');
  if (origin === undefined) return undefined;
  if (more.length > 0) return 'more than one Origin header';
  return allowedOrigins.has(origin) ? undefined : 'the Origin is not in "allowedOrigins" of the resource';
}
