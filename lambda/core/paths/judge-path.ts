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

/** Why no route may be taken: the path could mean another one, or something that none may mean. */
export interface PathProblem {
  /** The route that the path takes as it is spelled. */
  readonly own: TakenRoute;
  /** In words, for the log. */
  readonly problem: string;
  /** The reading that is at fault, where the path itself is not. */
  readonly reading?: Reading;
  /** The route that the reading takes. */
  readonly other?: TakenRoute;
}

/** The one route that a request takes in every reading of its path; where its MCP message decides, the same ones. */
export type JudgePath = (method: string, path: string) => TakenRoute | PathProblem;

export const isPathProblem = (judged: TakenRoute | PathProblem): judged is PathProblem => 'problem' in judged;

export interface PathRules {
  readonly rules: readonly RouteRule[];
  /** The route of what no rule matches. */
  readonly fallback: Route;
  /** Those that are kept of all. */
  readonly steps: readonly Step[];
  /** What requests are taken for as well, in addition to their routes. */
  readonly resources?: readonly ResourceRule[];
}

/** What one reading of a path comes to: a route, or what no path may be read as. */
export type Judgement =
  | { readonly route: TakenRoute; readonly resource: Resource | undefined; readonly fault?: undefined }
  | { readonly route?: undefined; readonly fault: string };

export interface ReadingJudge {
  readonly exact: MatchRoute;
  /** The resource of a path in its one spelling; undefined where there are none. */
  readonly exactResource: FindResource | undefined;
  /** Whether what is its own fold takes the same route folded or not. */
  readonly sameFolded: boolean;
  /** Visits the readings of a path, given without the prefix that its own route strips, until one is answered. */
  readonly visit: <T>(
    method: string,
    rest: string,
    own: TakenRoute,
    visit: (reading: Reading, judgement: Judgement) => T | undefined,
  ) => T | 'too-many' | undefined;
}

/** What each reading of a path comes to under these rules. */
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
 * The rule by which a path is refused: not for how it looks, but where some server could take it for one that has
 * another route.
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
    // What most requests have, and no step changes.
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
 * `/api/*.json` is only for what has that suffix: then nothing is to be learnt from taking it off. A wildcard after the
 * dot names none, as it can stand for slashes: `/api/v1.*` is for `/api/v1.0/admin.json`, too.
 */
export const namesSuffix = ({ path, candidates }: TakenRoute): boolean =>
  candidates === undefined
    ? path !== undefined && /\.[^./*?%]+\/?$/.test(spell(path))
    : candidates.every((route) => namesSuffix(route));
