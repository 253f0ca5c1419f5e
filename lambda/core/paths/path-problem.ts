import type { Resource } from '../resources/resource.ts';
import type { TakenRoute } from '../routes/route.ts';
import { type Reading, stepsTo } from './readings.ts';

/** In words: a reading that is what no path may be. */
export const faultIn = (reading: Reading, fault: string): string =>
  reading.from === undefined ? `the path ${fault}` : `the path ${fault} when read as ${shown(reading)}`;

/** In words: a reading that takes another route than the path, and what an operator can do about it. */
export const differenceIn = (reading: Reading, own: TakenRoute, other: TakenRoute): string =>
  `the path takes ${nameOf(own)}, but ${nameOf(other)} when read as ${shown(reading)}: ` +
  `give both the same route${orLeaveOut(reading)}`;

/** The same of a reading that takes the route of the path, but is of another resource. */
export const otherResource = (
  reading: Reading,
  own: Resource | undefined,
  other: Resource | undefined,
): string =>
  `the path is of ${resourceName(own)}, but of ${resourceName(other)} when read as ${shown(reading)}: ` +
  `make both paths of one resource${orLeaveOut(reading)}`;

function orLeaveOut(reading: Reading): string {
  const advice = adviceToLeaveOut(reading);
  return advice === undefined ? '' : `, or ${advice}`;
}

const resourceName = (resource: Resource | undefined): string =>
  resource === undefined ? 'no resource' : `the resource with the path ${resource.path}`;

/** How the policy can have a reading not made; undefined where it cannot. */
export function adviceToLeaveOut(reading: Reading): string | undefined {
  const optional = stepsTo(reading).filter((step) => step !== 'decode');
  if (optional.length === 0) return undefined;
  const named = [...new Set(optional)].map((step) => `"${step}"`).join(' or ');
  return `leave ${named} out of paths.readings if nothing behind the function reads paths that way`;
}

/** No longer than a line of the log can bear. */
const MAX_SHOWN = 200;

function shown(reading: Reading): string {
  const { text } = reading;
  const shortened = text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}…` : text;
  const steps = countedSteps(reading);
  return `${JSON.stringify(shortened)} (${steps === '' ? 'without its prefix' : steps})`;
}

/** The steps in words, of those that are repeated how often. */
function countedSteps(reading: Reading): string {
  const runs: { readonly step: string; times: number }[] = [];
  for (const step of stepsTo(reading)) {
    const last = runs.at(-1);
    if (last?.step === step) last.times += 1;
    else runs.push({ step, times: 1 });
  }
  return runs.map(({ step, times }) => (times === 1 ? step : `${step} x${times}`)).join(', ');
}

export function nameOf({ path, candidates }: TakenRoute): string {
  if (candidates === undefined) return path === undefined ? 'no route' : `the route ${path}`;
  return `the MCP routes for ${[...new Set(candidates.flatMap((route) => route.path ?? []))].join(', ')}`;
}
