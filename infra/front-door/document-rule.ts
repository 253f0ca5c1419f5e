import { RESOURCE_DOCUMENTS } from '../../lambda/contract.ts';
import { matchesPattern } from '../options/host-pattern.ts';
import type { OptionValues } from '../options/options.ts';
import { LAST_FIRST_PRIORITY, planRules, valuesOf, type Wanted } from './rule-plan.ts';

type Relevant = Pick<
  OptionValues,
  'resourceDocuments' | 'listenerArn' | 'nativeOnly' | 'nativePreFilter' | 'paths' | 'hosts' | 'rulePriority'
>;

/**
 * The listener rule for the documents of resources, which clients read before they have a token: the load balancer must not
 * ask for one there. On a listener of somebody else, and where priorities or limits leave no room for it, only if the options
 * ask for it: a stack that could be deployed without it still can be. No rule is needed where another one sends those
 * requests to the function as they are.
 */
export function documentRule(options: Relevant): Wanted['apart'] {
  const { resourceDocuments, listenerArn, nativeOnly, nativePreFilter, paths, hosts = [] } = options;
  if (nativeOnly || !(resourceDocuments ?? listenerArn === undefined)) return undefined;
  if (!nativePreFilter && haveAll(paths.flatMap(valuesOf))) return undefined;
  // A rule that verifies must not come first for any of them.
  const isAhead = nativePreFilter && paths.some(mayHaveOne);
  const { rulePriority } = options;
  const apart = { path: `${RESOURCE_DOCUMENTS}/*`, place: isAhead ? 'ahead' : 'among' } as const;
  if (resourceDocuments) return apart;
  const hasPriority = isAhead ? rulePriority > 1 + hosts.length : rulePriority <= LAST_FIRST_PRIORITY;
  return hasPriority && planRules({ paths, hosts, apart }).problems.length === 0 ? apart : undefined;
}

/** Whether requests for documents come to the function without a token, by whichever rule. */
export const documentsArrive = (options: Relevant): boolean =>
  documentRule(options) !== undefined ||
  (!options.nativeOnly && !options.nativePreFilter && haveAll(options.paths.flatMap(valuesOf)));

const BELOW = `${RESOURCE_DOCUMENTS}/`;

/** What ends in a star and matches the shortest path below matches the longer ones. */
const haveAll = (patterns: readonly string[]): boolean =>
  patterns.some((pattern) => matchesPattern(pattern, RESOURCE_DOCUMENTS)) &&
  patterns.some((pattern) => pattern.endsWith('*') && matchesPattern(pattern, BELOW));

const mayHaveOne = (pattern: string): boolean => {
  const literal = pattern.replace(/[*?].*$/, '');
  return literal === pattern
    ? pattern === RESOURCE_DOCUMENTS || pattern.startsWith(BELOW)
    : BELOW.startsWith(literal) || literal.startsWith(BELOW);
};
