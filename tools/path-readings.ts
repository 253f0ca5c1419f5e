import type { Config } from '../lambda/core/config/config.ts';
import { stepsOf } from '../lambda/core/config/paths.ts';
import type { PolicyDocument } from '../lambda/core/config/policy-schema.ts';
import { wholePolicy } from '../lambda/core/config/sound-policy.ts';
import { pathFault } from '../lambda/core/paths/fault.ts';
import { compileReadingJudge, isPathProblem } from '../lambda/core/paths/judge-path.ts';
import { nameOf } from '../lambda/core/paths/path-problem.ts';
import { stepsTo } from '../lambda/core/paths/readings.ts';
import { stripPrefix } from '../lambda/core/paths/strip-prefix.ts';
import { rulesOf } from './check-config/route-names.ts';

/** How some server may read a path. */
export interface PathReading {
  readonly text: string;
  /** What the server does to read it that way, in order; empty for the path's normal spelling. */
  readonly steps: readonly string[];
  /** The route that it matches, or why no path may be read that way. */
  readonly comesTo: string;
  /** Whether it matches the same route as the path itself. */
  readonly same: boolean;
}

/** The readings of a path, those with fewer steps first. Empty if the path cannot be read at all. */
export function pathReadings(
  { method, path }: { readonly method: string; readonly path: string },
  { config, policy }: { readonly config: Config; readonly policy: PolicyDocument },
): readonly PathReading[] {
  const judged = config.judgePath(method, path);
  const own = isPathProblem(judged) ? judged.own : judged;
  const rest = stripPrefix(path, own.stripPrefix);
  if (rest === undefined || pathFault(path) !== undefined) return [];
  const rules = rulesOf(policy, config.providers);
  const unmatched = { ...own, path: undefined };
  const judge = compileReadingJudge({ rules, fallback: unmatched, steps: stepsOf(wholePolicy(policy)) });
  const found: PathReading[] = [];
  let first: string | undefined;
  judge.visit(method, rest, own, (reading, { route, fault }) => {
    const comesTo = route === undefined ? fault : nameOf(route);
    first ??= comesTo;
    found.push({ text: reading.text, steps: stepsTo(reading), comesTo, same: comesTo === first });
    return undefined;
  });
  return found;
}
