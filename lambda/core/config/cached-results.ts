import type { ResourceRule } from '../resources/resource.ts';
import type { RouteRule } from '../routes/match.ts';

const TURN_OFF = 'turn caching off and deploy with authorizerCache=false';

/** What does not work if an API reuses the result for one request for others with the same Authorization. */
export function* cachedResultProblems(
  rules: readonly RouteRule[],
  resources: readonly ResourceRule[],
): Iterable<string> {
  for (const { index, route } of rules) {
    if (route.authentication?.maxAgeSeconds === undefined) continue;
    yield `routes.${index}.maxAuthAgeSeconds: the API may cache this authorizer's responses, and let a login through that has since become too old: ${TURN_OFF}`;
  }
  for (const { index, resource } of resources) {
    if (resource.allowedOrigins === undefined) continue;
    yield `resources.${index}.allowedOrigins: the API may cache this authorizer's responses by Authorization, and give one page the response for another: ${TURN_OFF}, or set this to ["*"]`;
  }
}
