import { RESOURCE_DOCUMENTS } from '../../lambda/contract.ts';
import { matchesPattern } from '../options/host-pattern.ts';
import type { OptionValues } from '../options/options.ts';
import { LAST_FIRST_PRIORITY, planRules, valuesOf, type Wanted } from './rule-plan.ts';

type Relevant = Pick<
  OptionValues,
  'resourceDocuments' | 'listenerArn' | 'nativeOnly' | 'nativePreFilter' | 'paths' | 'hosts' | 'rulePriority'
>;

/**
 * The listener rule for protected resource metadata. Clients read it before they have a token, so the load balancer
 * must not require one there. On somebody else's listener, and where priorities or limits leave no room, the rule
 * exists only if the options require it, so that stacks which fit without it still do. No rule is needed where another
 * one already sends those requests to the function unverified.
 */
export function documentRule(options: Relevant): Wanted['apart'] {
  const { resourceDocuments, listenerArn, nativeOnly, nativePreFilter, paths, hosts = [] } = options;
  if (nativeOnly || !(resourceDocuments ?? listenerArn === undefined)) return undefined;
  if (!nativePreFilter && haveAll(paths.flatMap(valuesOf))) return undefined;
  // No rule that verifies may match any of them first.
  const isAhead = nativePreFilter && paths.some(mayHaveOne);
  const { rulePriority } = options;
  const apart = { path: `${RESOURCE_DOCUMENTS}/*`, place: isAhead ? 'ahead' : 'among' } as const;
  if (resourceDocuments) return apart;
  const hasPriority = isAhead ? rulePriority > 1 + hosts.length : rulePriority <= LAST_FIRST_PRIORITY;
  return hasPriority && planRules({ paths, hosts, apart }).problems.length === 0 ? apart : undefined;
}

/** Whether any rule sends metadata requests to the function without requiring a token. */
export const documentsArrive = (options: Relevant): boolean =>
  documentRule(options) !== undefined ||
  (!options.nativeOnly && !options.nativePreFilter && haveAll(options.paths.flatMap(valuesOf)));

const BELOW = `${RESOURCE_DOCUMENTS}/`;

/** A pattern that ends in a star and matches the shortest path below also matches the longer ones. */
const haveAll = (patterns: readonly string[]): boolean =>
  patterns.some((pattern) => matchesPattern(pattern, RESOURCE_DOCUMENTS)) &&
  patterns.some((pattern) => pattern.endsWith('*') && matchesPattern(pattern, BELOW));

const mayHaveOne = (pattern: string): boolean => {
  const literal = pattern.replace(/[*?].*$/, '');
  return literal === pattern
    ? pattern === RESOURCE_DOCUMENTS || pattern.startsWith(BELOW)
    : BELOW.startsWith(literal) || literal.startsWith(BELOW);
};
