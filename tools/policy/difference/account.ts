import type { Route } from '../../../lambda/core/routes/route.ts';
import { routeName } from '../../check-config/route-names.ts';
import { upstreamText } from './forward-changes.ts';
import { demandsText } from './route-demands.ts';
import type { Side } from './side.ts';
import { isFallback, isWritten } from './side-rule.ts';

/** A summary of what a configuration lets through: a line for each route, and one for where the requests go. */
export const accountOf = ({ rules, policy, config, resources }: Side): string[] => [
  ...rules
    .filter((rule) => isWritten(rule) || isFallback(rule))
    .map((rule) => {
      const document = policy.routes?.[rule.index];
      const name =
        isFallback(rule) || document === undefined ? 'requests that match no route' : routeName(document);
      return `${name}: ${admitted(rule.route)}`;
    }),
  ...resources.documents.map(
    ({ rule: { route } }) => `GET ${route.path}: protected resource metadata, open to anyone`,
  ),
  `upstream: ${upstreamText(config.upstream)}`,
  ...[...config.revocations.keys()].map((issuer) => `revoked: some tokens of ${issuer}`),
];

function admitted(route: Route): string {
  if (route.reportOnly) return 'every caller let through, without an identity (report-only)';
  if (route.missing) return '403 route_missing';
  const demands = demandsText(route);
  const token = `with a token of ${route.providers.map(({ name }) => name).join(' or ')}${demands === '' ? '' : ` ${demands}`}`;
  if (!route.allowAnonymous) return `let through ${token}`;
  return route.providers.length === 0
    ? 'let through anonymously'
    : `let through ${token}, or anonymously without one`;
}
