import { type HttpRequest, headerValues } from '../http/message.ts';
import type { TakenRoute } from '../routes/route.ts';
import type { Pages, Resource } from './resource.ts';

/**
 * The pages that may send a request; undefined for any. Without a resource only MCP messages are held to some.
 */
export const pagesFor = (
  resource: Resource | undefined,
  { candidates }: TakenRoute,
  mcpPages: Pages | undefined,
): Pages | undefined => {
  if (candidates === undefined) return resource?.allowedOrigins;
  return resource === undefined ? mcpPages : resource.mcpPages;
};

/**
 * Why a request must not be sent by its page; undefined where it may, or where no page is calling. Browsers say in Origin which
 * page a request is from; other clients send none.
 */
export function pageProblem(
  pages: Pages | undefined,
  { headers, hidesHeaders }: Pick<HttpRequest, 'headers' | 'hidesHeaders'>,
): string | undefined {
  if (pages === undefined) return undefined;
  if (hidesHeaders) {
    return `this kind of authorizer is not given the Origin, which must be in ${pages.listedIn}: use a REQUEST authorizer`;
  }
  const [origin, ...more] = headerValues(headers, 'origin');
  if (origin === undefined) return undefined;
  if (more.length > 0) return 'more than one Origin header';
  return pages.origins.has(origin) ? undefined : `the Origin is not in ${pages.listedIn}`;
}
