import { type HttpRequest, headerValues } from '../http/message.ts';
import type { TakenRoute } from '../routes/route.ts';
import type { Pages, Resource } from './resource.ts';

/**
 * The pages that may send a request; undefined for any. Outside of resources, only MCP messages are limited to some.
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
 * Why a page must not send a request; undefined if it may, or if no page is calling. Browsers name the page's origin
 * in Origin; other clients send none.
 */
export function pageProblem(
  pages: Pages | undefined,
  { headers, hidesHeaders }: Pick<HttpRequest, 'headers' | 'hidesHeaders'>,
): string | undefined {
  if (pages === undefined) return undefined;
  if (hidesHeaders) {
    return `this kind of authorizer does not get the Origin, which must be in ${pages.listedIn}: use a REQUEST authorizer`;
  }
  const [origin, ...more] = headerValues(headers, 'origin');
  if (origin === undefined) return undefined;
  if (more.length > 0) return 'more than one Origin header';
  return pages.origins.has(origin) ? undefined : `the Origin is not in ${pages.listedIn}`;
}
