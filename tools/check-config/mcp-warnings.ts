import type { Config } from '../../lambda/core/config/config.ts';
import { nearestName } from '../../lambda/core/config/nearest-name.ts';
import type { PolicyDocument, RouteDocument } from '../../lambda/core/config/policy-schema.ts';
import { ofPolicy, type Warning } from '../../lambda/core/config/warning.ts';
import { METHODS } from '../../lambda/core/mcp/mcp-message.ts';
import { isPathProblem } from '../../lambda/core/paths/judge-path.ts';
import { matchesPattern } from '../../lambda/core/routes/pattern.ts';
import type { Route } from '../../lambda/core/routes/route.ts';
import { listed } from '../explain/format.ts';
import { demandsOf, exampleOf } from './near-requests.ts';
import { placedName } from './route-names.ts';

/** What is most likely not intended in MCP routes, and what they leave open. */
export const mcpWarnings = ({ routes = [], keepOverrides }: PolicyDocument, config: Config): Warning[] => [
  ...(keepOverrides === true ? routes.flatMap(overridden).slice(0, 1) : []),
  ...routes.flatMap(namesOfAnyMethod),
  ...routes.flatMap(misspeltMethods),
  ...routes.flatMap(namesOfNone),
  ...firstOfEachPath(routes).flatMap(([route, index]) => [
    ...otherMethods(route, index, config),
    ...listForLess(route, index, config),
  ]),
];

const overridden = (route: RouteDocument, index: number): Warning[] =>
  route.mcp === undefined
    ? []
    : [
        ofPolicy(
          'mcp-overrides',
          `${placedName(route, index)} is for POST only, and with "keepOverrides" a caller can send a message by another method and X-HTTP-Method-Override: POST: remove "keepOverrides", or see that the MCP server ignores such fields`,
        ),
      ];

/** A tool, a prompt and a resource can have the same name. */
const namesOfAnyMethod = (route: RouteDocument, index: number): Warning[] =>
  route.mcp?.name === undefined || route.mcp.method !== undefined
    ? []
    : [
        ofPolicy(
          'mcp-name-of-any-method',
          `${placedName(route, index)} matches the name in every method, whether of a tool, a prompt, a resource or a task: say which with "method", such as "tools/call"`,
        ),
      ];

/** Servers may have their own methods, but a name that is almost an MCP method is probably a slip. */
function misspeltMethods(route: RouteDocument, index: number): Warning[] {
  const method = route.mcp?.method;
  if (method === undefined || methodsLike(method).length > 0) return [];
  const nearest = nearestName(method, method.includes('*') ? FAMILIES : [...METHODS.keys()]);
  return nearest === undefined
    ? []
    : [
        ofPolicy(
          'mcp-method-misspelt',
          `${placedName(route, index)} is for a method that MCP does not have: did you mean ${nearest}?`,
        ),
      ];
}

const FAMILIES = [...new Set([...METHODS.keys()].map((method) => method.replace(/[^/]+$/, '*')))];

function namesOfNone(route: RouteDocument, index: number): Warning[] {
  const { method, name } = route.mcp ?? {};
  if (method === undefined || name === undefined) return [];
  const known = methodsLike(method);
  return known.length === 0 || known.some((one) => METHODS.get(one) !== undefined)
    ? []
    : [
        ofPolicy(
          'mcp-name-of-none',
          `${placedName(route, index)} matches no message, as ${listed(known)} ${known.length === 1 ? 'has' : 'have'} no name: leave "name" out`,
        ),
      ];
}

const methodsLike = (pattern: string): string[] =>
  [...METHODS.keys()].filter((method) => matchesPattern(pattern, method));

const firstOfEachPath = (routes: readonly RouteDocument[]): [RouteDocument, number][] =>
  routes.flatMap((route, index): [RouteDocument, number][] =>
    route.mcp !== undefined &&
    routes.findIndex((other) => other.mcp !== undefined && other.path === route.path) === index
      ? [[route, index]]
      : [],
  );

/** Some servers take a message by any method. Clients of revisions before 2026-07-28 end a session by DELETE, and may ask for a stream by GET. */
function otherMethods(route: RouteDocument, index: number, config: Config): Warning[] {
  const taken = (method: string) => routeOf(method, route, config);
  const open = ['GET', 'PUT', 'PATCH', 'DELETE'].filter((method) => {
    const other = taken(method);
    return other !== undefined && other.path === undefined && !other.missing;
  });
  const name = placedName(route, index);
  if (open.length > 0) {
    return [
      ofPolicy(
        'mcp-methods-for-less',
        `${name} is for POST only, and ${listed(open)} to its path ${open.length === 1 ? 'matches' : 'match'} no route, so any token of the default provider is enough: add a route with these "methods", or "unmatched": "deny"`,
      ),
    ];
  }
  return taken('DELETE')?.missing
    ? [
        ofPolicy(
          'mcp-no-delete',
          `${name} is for POST only, and DELETE to its path is denied: clients of revisions before 2026-07-28 end their sessions with it, so add a route with "methods": ["DELETE"] if the MCP server has sessions`,
        ),
      ]
    : [];
}

/** If listing tools requires less than calling them, the list reveals their names. */
function listForLess(route: RouteDocument, index: number, config: Config): Warning[] {
  const candidates = routeOf('POST', route, config)?.candidates ?? [];
  const list = takenBy('tools/list', candidates);
  const call = candidates.find(
    (one) =>
      one.mcp?.name !== undefined && isFor('tools/call', one) && list && demandsOf(one) > demandsOf(list),
  );
  if (list === undefined || list.missing || call === undefined) return [];
  return [
    ofPolicy(
      'mcp-tools-listed',
      `${placedName(route, index)}: tools/list asks for less than tools/call of ${call.mcp?.name}, so callers see tools in the list that they may not call: have the MCP server leave these out, or give tools/list a route with the same scopes if names and descriptions are not for everybody`,
    ),
  ];
}

function routeOf(method: string, { path }: RouteDocument, { judgePath }: Config) {
  const judged = judgePath(method, exampleOf(path));
  return isPathProblem(judged) ? undefined : judged;
}

const takenBy = (method: string, candidates: readonly Route[]): Route | undefined =>
  candidates.find((one) => one.mcp === undefined || (one.mcp.name === undefined && isFor(method, one)));

const isFor = (method: string, { mcp }: Route): boolean =>
  mcp?.matches({ method, name: mcp.name, naming: 'name' }) ?? false;
