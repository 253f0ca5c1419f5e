import type { Route } from '../routes/route.ts';
import { type Reading, stepsTo } from './readings.ts';

/** In words: a reading that is what no path may be. */
export const faultIn = (reading: Reading, fault: string): string =>
  reading.from === undefined ? `the path ${fault}` : `the path ${fault} when read as ${shown(reading)}`;

/** In words: a reading that takes another route than the path, and what an operator can do about it. */
export function differenceIn(reading: Reading, own: Route, other: Route): string {
  const optional = stepsTo(reading).filter((step) => step !== 'decode');
  const named = [...new Set(optional)].map((step) => `"${step}"`).join(' or ');
  const without =
    named === ''
      ? ''
      : `, or leave ${named} out of paths.readings if nothing behind the function reads paths that way`;
  return (
    `the path takes ${nameOf(own)}, but ${nameOf(other)} when read as ${shown(reading)}: ` +
    `have the policy give both one route${without}`
  );
}

/** No longer than a line of the log can bear. */
const MAX_SHOWN = 200;

function shown(reading: Reading): string {
  const { text } = reading;
  const shortened = text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}…` : text;
  const steps = stepsTo(reading).join(', ');
  return `${JSON.stringify(shortened)} (${steps === '' ? 'without its prefix' : steps})`;
}

export const nameOf = ({ path }: Route): string => (path === undefined ? 'no route' : `the route ${path}`);
