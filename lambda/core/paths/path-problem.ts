import type { Resource } from '../resources/resource.ts';
import type { TakenRoute } from '../routes/route.ts';
import { type Reading, stepsTo } from './readings.ts';

/** Describes a reading that no path may have. */
export const faultIn = (reading: Reading, fault: string): string =>
  reading.from === undefined ? `the path ${fault}` : `the path ${fault} when read as ${shown(reading)}`;

/** Describes a reading that matches another route than the path does, and what an operator can do about it. */
export const differenceIn = (reading: Reading, own: TakenRoute, other: TakenRoute): string =>
  `the path matches ${nameOf(own)}, but matches ${nameOf(other)} when read as ${shown(reading)}: ` +
  `give both the same route${orLeaveOut(reading)}`;

/** The same for a reading that matches the same route, but belongs to another resource. */
export const otherResource = (
  reading: Reading,
  own: Resource | undefined,
  other: Resource | undefined,
): string =>
  `the path belongs to ${resourceName(own)}, but to ${resourceName(other)} when read as ${shown(reading)}: ` +
  `give both the same resource${orLeaveOut(reading)}`;

function orLeaveOut(reading: Reading): string {
  const advice = adviceToLeaveOut(reading);
  return advice === undefined ? '' : `, or ${advice}`;
}

const resourceName = (resource: Resource | undefined): string =>
  resource === undefined ? 'no resource' : `the resource with the path ${resource.path}`;

/** How the policy can leave out a reading; undefined if it cannot. */
export function adviceToLeaveOut(reading: Reading): string | undefined {
  const optional = stepsTo(reading).filter((step) => step !== 'decode');
  if (optional.length === 0) return undefined;
  const named = [...new Set(optional)].map((step) => `"${step}"`).join(' or ');
  return `leave ${named} out of paths.readings if nothing behind the function reads paths that way`;
}

/** Short enough for a log line. */
const MAX_SHOWN = 200;

function shown(reading: Reading): string {
  const { text } = reading;
  const shortened = text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}…` : text;
  const steps = countedSteps(reading);
  return `${JSON.stringify(shortened)} (${steps === '' ? 'without its prefix' : steps})`;
}

/** The steps in words, with counts for repeated ones. */
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
