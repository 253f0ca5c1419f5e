import {
  compileResources,
  type FindResource,
  type Resource,
  type ResourceRule,
} from '../resources/resource.ts';
import { compileRoutes, isOwnFold, type MatchRoute, type RouteRule } from '../routes/match.ts';
import { areSame, type Route, type TakenRoute } from '../routes/route.ts';
import { pathFault, readingFault } from './fault.ts';
import { differenceIn, faultIn, otherResource } from './path-problem.ts';
import { type Reading, visitReadings } from './readings.ts';
import { spell } from './spelling.ts';
import { fold, type Step, stepsFor } from './steps.ts';
import { stripPrefix } from './strip-prefix.ts';

/** Why no route is used: the path could mean another one, or something that no path may mean. */
export interface PathProblem {
  /** The route that the path matches as it is spelled. */
  readonly own: TakenRoute;
  /** In words, for the log. */
  readonly problem: string;
  /** The reading at fault, if it is not the path itself. */
  readonly reading?: Reading;
  /** The route that the reading matches. */
  readonly other?: TakenRoute;
}

/**
 * The one route that a request matches in every reading of its path. Where its MCP message decides, the same candidates
 * in every reading.
 */
export type JudgePath = (method: string, path: string) => TakenRoute | PathProblem;

export const isPathProblem = (judged: TakenRoute | PathProblem): judged is PathProblem => 'problem' in judged;

export interface PathRules {
  readonly rules: readonly RouteRule[];
  /** The route of requests that no rule matches. */
  readonly fallback: Route;
  /** The steps that are in use. */
  readonly steps: readonly Step[];
  /** Resources, which requests belong to independently of their routes. */
  readonly resources?: readonly ResourceRule[];
}

/** The result of one reading of a path: a route, or a fault that no path may have. */
export type Judgement =
  | { readonly route: TakenRoute; readonly resource: Resource | undefined; readonly fault?: undefined }
  | { readonly route?: undefined; readonly fault: string };

export interface ReadingJudge {
  readonly exact: MatchRoute;
  /** The resource of a path in its one spelling; undefined if there are no resources. */
  readonly exactResource: FindResource | undefined;
  /** Whether a path that folding does not change matches the same route folded or not. */
  readonly sameFolded: boolean;
  /**
   * Visits the readings of a path until the visitor returns a result. The path is given without the prefix that its own
   * route strips.
   */
  readonly visit: <T>(
    method: string,
    rest: string,
    own: TakenRoute,
    visit: (reading: Reading, judgement: Judgement) => T | undefined,
  ) => T | 'too-many' | undefined;
}

/** Judges each reading of a path by these rules. */
export function compileReadingJudge({ rules, fallback, steps, resources }: PathRules): ReadingJudge {
  const sameFolded =
    [...rules, ...(resources ?? [])].every(({ patterns }) => isOwnFold(patterns)) || !steps.some(isFold);
  const exact = compileRoutes(rules, 'exact', fallback);
  const folded = sameFolded ? exact : compileRoutes(rules, 'folded', fallback);
  const exactResource = resources && compileResources(resources, 'exact');
  const foldedResource = resources && (sameFolded ? exactResource : compileResources(resources, 'folded'));
  const stepsOfNamedSuffix = steps.filter(({ name }) => name !== 'suffix');
  return {
    exact,
    exactResource,
    sameFolded,
    visit(method, rest, own, visit) {
      const prefix = own.stripPrefix;
      const foldedPrefix = fold(prefix);
      return visitReadings(
        rest,
        stepsFor(rest, namesSuffix(own) ? stepsOfNamedSuffix : steps),
        (reading) => {
          const { text } = reading;
          const fault = readingFault(text);
          if (fault !== undefined) return visit(reading, { fault });
          const path = (reading.folded ? foldedPrefix : prefix) + text;
          const route = reading.folded ? folded(method, path) : exact(method, path);
          return visit(reading, {
            route,
            resource: (reading.folded ? foldedResource : exactResource)?.(path),
          });
        },
        !sameFolded,
      );
    },
  };
}

/**
 * Makes the rule that rejects paths: not for how a path looks, but if some server could take it for a path with another
 * route.
 */
export function compilePathJudge(rules: PathRules): JudgePath {
  const { exact, exactResource, sameFolded, visit } = compileReadingJudge(rules);

  function judgeReadings(method: string, path: string): TakenRoute | PathProblem {
    const own = exact(method, spell(path));
    const fault = pathFault(path);
    if (fault !== undefined) return { own, problem: `the path ${fault}` };
    const resource = exactResource?.(spell(path));
    const prefix = own.stripPrefix;
    const rest = stripPrefix(path, prefix);
    if (rest === undefined) {
      return { own, problem: `the path does not begin with ${prefix}, the prefix to strip` };
    }
    const problem = visit(method, rest, own, (reading, judged): PathProblem | undefined => {
      if (judged.fault !== undefined) return { own, reading, problem: faultIn(reading, judged.fault) };
      const other = judged.route;
      if (!areSame(other, own)) return { own, reading, other, problem: differenceIn(reading, own, other) };
      return judged.resource === resource
        ? undefined
        : { own, reading, other, problem: otherResource(reading, resource, judged.resource) };
    });
    if (problem === 'too-many') return { own, problem: 'the path can be read in too many ways' };
    return problem ?? own;
  }

  return (method, path) => {
    // Most requests have such a path, which no step changes.
    if (sameFolded && PLAIN.test(path)) {
      const own = exact(method, path);
      if (own.stripPrefix === '' || path.startsWith(`${own.stripPrefix}/`)) return own;
    }
    return judgeReadings(method, path);
  };
}

const PLAIN = /^(?:\/[a-z0-9_-]+)+\/?$/;

const isFold = ({ name }: Step): boolean => name === 'fold';

/**
 * Whether a route names a suffix, as `/api/*.json` does. Then removing the suffix from paths would reveal nothing. A
 * wildcard after the dot names no suffix, because it can stand for slashes: `/api/v1.*` also matches
 * `/api/v1.0/admin.json`.
 */
export const namesSuffix = ({ path, candidates }: TakenRoute): boolean =>
  candidates === undefined
    ? path !== undefined && /\.[^./*?%]+\/?$/.test(spell(path))
    : candidates.every((route) => namesSuffix(route));
