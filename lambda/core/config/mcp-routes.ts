import { STREAM } from '../mcp/take-route.ts';
import { DEFAULT_PROVIDER } from '../provider.ts';
import { bare, openPart, opensExactly, type RouteRule, withAndWithoutSlash } from '../routes/match.ts';
import { literalPrefix } from '../routes/pattern.ts';
import { subsumes } from '../routes/pattern-subsumption.ts';
import { patternsMeet } from '../routes/patterns-meet.ts';
import type { RouteDocument } from './policy-schema.ts';
import type { SoundPolicy } from './sound-policy.ts';

/** Problems with members that `mcp` cannot be combined with in the same route. */
export function* mcpRouteProblems({ mcp, methods, corsPreflight }: RouteDocument): Iterable<string> {
  if (mcp === undefined) return;
  const other = methods?.find((method) => method !== 'POST');
  if (other !== undefined) {
    yield `methods: has ${other}, but an MCP message is a POST: leave "methods" out, or give ${other} a route without "mcp"`;
  }
  if (corsPreflight !== undefined) {
    yield 'corsPreflight: a preflight is an OPTIONS request, but an MCP message is a POST: give the path another route for OPTIONS';
  }
  if (mcp.method === STREAM) {
    yield `mcp.method: ${STREAM} asks for a stream, which a load balancer and a function cannot keep open, so it is always rejected: remove the route`;
  }
}

/** Problems with routes that a function cannot decide on without the body. */
export function* bodylessProblems({ routes }: SoundPolicy): Iterable<string> {
  for (const { index, document } of routes) {
    if (document.mcp === undefined) continue;
    yield `routes.${index}.mcp: depends on the body, which an authorizer does not get: put a load balancer in front of the MCP server, or leave "mcp" out`;
  }
}

/**
 * Problems with routes that an MCP message decides between but that require different identities: the body is looked at
 * only once the sender is known. `fallback` says whether requests that no rule matches get the default provider's
 * route, as far as that is known.
 */
export function* candidateProblems(
  rules: readonly RouteRule[],
  sound: SoundPolicy,
  fallback: boolean,
): Iterable<string> {
  if (rules.every(({ route }) => route.mcp === undefined)) return;
  const documents = new Map(sound.routes.map(({ index, document }) => [index, document]));
  const whole = rules.filter(({ index }) => sound.isWhole('routes', index));
  const placed = whole.map((rule) => ({
    rule,
    spellings: [...new Set(partsOf(rule, [...rule.patterns.exact, ...rule.patterns.folded]))],
    demands: demandsOf(documents.get(rule.index) ?? {}, sound),
  }));
  const unmatched = demandsOf({}, sound);
  const reported = new Set<Placed>();
  for (const [at, one] of placed.entries()) {
    const { rule, demands } = one;
    if (rule.route.mcp === undefined) continue;
    const { others, rest } = followers(one, placed.slice(at + 1));
    for (const other of others) {
      const member = differenceOf(demands, other.demands);
      // One problem per route is enough, and comparing patterns takes longest.
      if (member === undefined || reported.has(other) || !meet(one, other)) continue;
      reported.add(other);
      yield `routes.${other.rule.index}: its "${member}" must be the same as in routes.${rule.index} (${rule.route.path}), because the MCP message decides between the two only after authentication: give both the same "${member}", or different paths`;
    }
    const member = rest && fallback ? differenceOf(demands, unmatched) : undefined;
    if (member !== undefined) {
      yield `routes.${rule.index}: messages that its "mcp" does not match have no route, and so a different "${member}": add a route without "mcp" for the path, or set "unmatched": "deny"`;
    }
  }
}

/** A rule, and what it is compared by. */
interface Placed {
  readonly rule: RouteRule;
  /** Patterns of what it matches, by the folded ones too: a path must match the same route in every reading. */
  readonly spellings: readonly string[];
  readonly demands: Demands;
}

/** Later rules for POST that are reached past one, and whether there can be messages that none of them takes. */
function followers(one: Placed, later: readonly Placed[]): { others: Placed[]; rest: boolean } {
  const others: Placed[] = [];
  let { index } = one.rule;
  for (const other of later) {
    const { rule } = other;
    // The rule in between has problems of its own, and what it would cover is unknown.
    if (rule.index !== index + 1) return { others, rest: false };
    index = rule.index;
    if (rule.methods?.has('POST') === false) continue;
    others.push(other);
    if (rule.route.mcp === undefined && covers(rule, one.rule)) return { others, rest: false };
  }
  return { others, rest: true };
}

const meet = (one: Placed, other: Placed): boolean =>
  one.spellings.some((a) => other.spellings.some((b) => a === b || (beginAlike(a, b) && patternsMeet(a, b))));

/** Cheap test that rules out most pairs: one literal beginning must begin with the other. */
function beginAlike(a: string, b: string): boolean {
  const [one, other] = [literalPrefix(a), literalPrefix(b)];
  return one.startsWith(other) || other.startsWith(one);
}

/** An open route matches a path with a slash at the end only if it names it; any other route matches both forms. */
function covers(general: RouteRule, special: RouteRule): boolean {
  const others = partsOf(general);
  const mustName = opensExactly(general) && !opensExactly(special);
  return partsOf(special)
    .flatMap((part) => (mustName ? withAndWithoutSlash(part) : [part]))
    .every((part) => others.some((other) => subsumes(other, part)));
}

/** Patterns of what a rule matches: without a slash at the end, unless the rule opens exactly what it names. */
const partsOf = (rule: RouteRule, patterns: readonly string[] = rule.patterns.exact): string[] =>
  opensExactly(rule) ? patterns.map(openPart) : patterns.flatMap(bare);

/**
 * What two routes must have in common, so that checking the credential and the path once serves both; undefined where
 * it is unknown.
 */
type Demands = Readonly<
  Record<'providers' | 'onUnauthenticatedRequest' | 'mode' | 'stripPrefix', string | undefined>
>;

function demandsOf(
  { providers = [DEFAULT_PROVIDER], onUnauthenticatedRequest = 'deny', ...own }: Partial<RouteDocument>,
  { document: policy, isWhole }: SoundPolicy,
): Demands {
  return {
    providers: providers.join(' '),
    onUnauthenticatedRequest,
    mode: own.mode ?? (isWhole('mode') ? (policy.mode ?? 'enforce') : undefined),
    stripPrefix: own.stripPrefix ?? (isWhole('stripPrefix') ? (policy.stripPrefix ?? '') : undefined),
  };
}

const differenceOf = (one: Demands, other: Demands): keyof Demands | undefined =>
  MEMBERS.find(
    (member) => one[member] !== undefined && other[member] !== undefined && one[member] !== other[member],
  );
const MEMBERS = ['providers', 'onUnauthenticatedRequest', 'mode', 'stripPrefix'] as const;
