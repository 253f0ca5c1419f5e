import { Token } from 'aws-cdk-lib';
import { PARAMETERS } from '../../lambda/contract.ts';
import { nearestName } from '../../lambda/core/config/nearest-name.ts';

/** What is wrong with initial values: their types help only those who run a type check. */
export function initialProblems(initial: unknown): readonly string[] {
  if (initial === undefined) return [];
  if (typeof initial !== 'object' || initial === null) return ['initial must be an object of strings'];
  const names = Object.keys(PARAMETERS);
  return Object.entries(initial).flatMap(([name, value]) => {
    if (!names.includes(name)) {
      const near = nearestName(name, names);
      return `initial.${name} is not a parameter; ${near === undefined ? `the parameters are ${names.join(', ')}` : `did you mean ${near}?`}`;
    }
    return value === undefined || typeof value === 'string' || Token.isUnresolved(value)
      ? []
      : `initial.${name} must be a string; it is ${JSON.stringify(value)}`;
  });
}
