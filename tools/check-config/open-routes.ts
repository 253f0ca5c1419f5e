import type { PolicyDocument, RouteDocument } from '../../lambda/core/config/policy-schema.ts';
import { ofPolicy, type Warning } from '../../lambda/core/config/warning.ts';
import { placedName, routeName } from './route-names.ts';

/** Routes that let requests through without a verified identity. */
export function openRouteWarnings({ routes = [], mode }: PolicyDocument): Warning[] {
  const warnings = routes.flatMap((route, index) => {
    const place = placedName(route, index);
    const anonymous = route.onUnauthenticatedRequest === 'allow';
    return [
      ...(anonymous
        ? [
            ofPolicy(
              'anonymous-route',
              `${place} lets requests without credentials through, without an identity`,
            ),
          ]
        : []),
      ...((route.mode ?? mode) === 'report-only'
        ? [
            ofPolicy(
              'report-only-route',
              `${place} is report-only: it lets through what it would reject, without an identity` +
                (anonymous ? '' : coveredOnceEnforced(route)),
            ),
          ]
        : []),
    ];
  });
  const rest = ofPolicy(
    'report-only-policy',
    'mode: requests that no route matches are report-only: what would be rejected is let through',
  );
  return mode === 'report-only' ? [...warnings, rest] : warnings;
}

/** What is report-only: routes by their methods and patterns, and last the requests that match no route. */
export const reportOnlyNames = ({ routes = [], mode }: PolicyDocument): readonly string[] => [
  ...routes.filter((route) => (route.mode ?? mode) === 'report-only').map(routeName),
  ...(mode === 'report-only' ? ['what no route matches'] : []),
];

/** A trailing slash makes no difference, unless that would open more than a route names. */
function coveredOnceEnforced({ path }: RouteDocument): string {
  if (path.endsWith('/') || path === '/*' || (path.endsWith('*') && !path.endsWith('/*'))) return '';
  const also = path.endsWith('/*') ? path.slice(0, -2) : `${path}/`;
  return `; once it is enforced it covers ${also} as well`;
}
