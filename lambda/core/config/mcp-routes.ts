import { STREAM } from '../mcp/take-route.ts';
import { DEFAULT_PROVIDER } from '../provider.ts';
import { bare, type RouteRule } from '../routes/match.ts';
import { subsumes } from '../routes/pattern-subsumption.ts';
import { patternsMeet } from '../routes/patterns-meet.ts';
import type { Route } from '../routes/route.ts';
import type { PolicyDocument, RouteDocument } from './policy-schema.ts';
import type { SoundPolicy } from './sound-policy.ts';

/** What `mcp` does not go with in the same route. */
export function* mcpRouteProblems({ mcp, methods, corsPreflight }: RouteDocument): Iterable<string> {
  if (mcp === undefined) return;
  const other = methods?.find((method) => method !== 'POST');
  if (other !== undefined) {
    yield `methods: has ${other}, and an MCP message is a POST: leave "methods" out, or give ${other} a route without "mcp"`;
  }
  if (corsPreflight !== undefined) {
    yield 'corsPreflight: a preflight is an OPTIONS request, and an MCP message is a POST: give the path another route for OPTIONS';
  }
  if (mcp.method === STREAM) {
    yield `mcp.method: ${STREAM} keeps a stream open, which cannot pass a load balancer and a function, so it is always refused: remove the route`;
  }
}

/** Routes that a function cannot decide on which sees no body. */
export function* bodylessProblems({ routes }: SoundPolicy): Iterable<string> {
  for (const { index, document } of routes) {
    if (document.mcp === undefined) continue;
    yield `routes.${index}.mcp: is decided by the body, and an authorizer is not given it: put a load balancer in front of the MCP server, or leave "mcp" out`;
  }
}

/**
 * Routes among which an MCP message decides, and that ask for different identities: the body is looked at only once it is known who
 * has sent it. `fallback` is the route of what no rule matches; undefined where that is refused, or not all rules are known.
 */
export function* candidateProblems(
  rules: readonly RouteRule[],
  { document: policy, routes, isWhole }: SoundPolicy,
  fallback: Route | undefined,
): Iterable<string> {
  const documents = new Map(routes.map(({ index, document }) => [index, document]));
  const asksOf = ({ index }: RouteRule) => identityAsked(documents.get(index) ?? {}, policy);
  const isComparable = (member: Asked): boolean =>
    member === 'mode' || member === 'stripPrefix' ? isWhole(member) : true;
  for (const [at, rule] of rules.entries()) {
    if (rule.route.mcp === undefined) continue;
    const { others, rest } = followers(rule, rules.slice(at + 1));
    for (const other of others) {
      const member = differenceOf(asksOf(rule), asksOf(other));
      if (member === undefined || !isComparable(member)) continue;
      yield `routes.${other.index}: its "${member}" must be that of routes.${rule.index} (${rule.route.path}), because the MCP message decides between the two, and only after authentication: give both the same, or different paths`;
    }
    const member = rest && fallback && differenceOf(asksOf(rule), identityAsked({}, policy));
    if (member !== undefined && member !== false) {
      yield `routes.${rule.index}: messages that it is not for take no route, whose "${member}" is another: add a route without "mcp" for the path, or set "unmatched": "deny"`;
    }
  }
}

/** Later rules that may be candidates beside a rule, and whether messages can be left that none of them takes. */
function followers(rule: RouteRule, later: readonly RouteRule[]): { others: RouteRule[]; rest: boolean } {
  const others: RouteRule[] = [];
  let { index } = rule;
  for (const other of later) {
    // What is wrong with the rule between is told, and what it would cover is not known.
    if (other.index !== index + 1) return { others, rest: false };
    index = other.index;
    if (other.methods?.has('POST') === false || !meet(rule, other)) continue;
    others.push(other);
    if (other.route.mcp === undefined && covers(other, rule)) return { others, rest: false };
  }
  return { others, rest: true };
}

/** Folded ones are compared as well, since no path may take another route in any reading. */
const spellingsOf = ({ patterns }: RouteRule): string[] =>
  [...patterns.exact, ...patterns.folded].flatMap(bare);

const meet = (one: RouteRule, other: RouteRule): boolean =>
  spellingsOf(one).some((a) => spellingsOf(other).some((b) => patternsMeet(a, b)));

const covers = (general: RouteRule, special: RouteRule): boolean =>
  special.patterns.exact
    .flatMap(bare)
    .every((pattern) => general.patterns.exact.flatMap(bare).some((other) => subsumes(other, pattern)));

/** What two routes must have in common for one look at the credential and the path to serve both. */
type Asked = 'providers' | 'onUnauthenticatedRequest' | 'mode' | 'stripPrefix';

const identityAsked = (document: Partial<RouteDocument>, policy: PolicyDocument): Record<Asked, string> => ({
  providers: (document.providers ?? [DEFAULT_PROVIDER]).join(' '),
  onUnauthenticatedRequest: document.onUnauthenticatedRequest ?? 'deny',
  mode: document.mode ?? policy.mode ?? 'enforce',
  stripPrefix: document.stripPrefix ?? policy.stripPrefix ?? '',
});

const differenceOf = (one: Record<Asked, string>, other: Record<Asked, string>): Asked | undefined =>
  (Object.keys(one) as Asked[]).find((member) => one[member] !== other[member]);
