import type { ResourceRule } from '../resources/resource.ts';
import type { RouteRule } from '../routes/match.ts';

const TURN_OFF = 'turn caching off and deploy with authorizerCache=false';

/** What an API defeats that gives the answer to one request to others with the same Authorization. */
export function* keptAnswerProblems(
  rules: readonly RouteRule[],
  resources: readonly ResourceRule[],
): Iterable<string> {
  for (const { index, route } of rules) {
    if (route.authentication?.maxAgeSeconds === undefined) continue;
    yield `routes.${index}.maxAuthAgeSeconds: the API may cache this authorizer's answers, and let a login through that has become too old since: ${TURN_OFF}`;
  }
  for (const { index, resource } of resources) {
    if (resource.allowedOrigins === undefined) continue;
    yield `resources.${index}.allowedOrigins: the API may cache this authorizer's answers by Authorization, and give one page's to another: ${TURN_OFF}, or set this to ["*"]`;
  }
}
