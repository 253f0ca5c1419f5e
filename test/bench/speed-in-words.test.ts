import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import type { Result } from '../../bench/report/results.ts';

const RESULTS: readonly Result[] = JSON.parse(readFileSync('bench/results.json', 'utf8'));
const PAGE = readFileSync('docs/performance.md', 'utf8').replace(/\s+/g, ' ');
const README = readFileSync('README.md', 'utf8').replace(/\s+/g, ' ');

const ratiosOf = (names: RegExp): number[] => {
  const ratios = RESULTS.filter(({ name }) => names.test(name)).map(({ ratio }) => ratio);
  expect(ratios).not.toEqual([]);
  return ratios;
};

const ratioOf = (name: string): number => RESULTS.find((result) => result.name === name)?.ratio ?? Number.NaN;

const SDK = ratioOf('cold-start/first answer, services at 20 ms, client-ssm and jose');
const IN_CODE = ratioOf('cold-start/first answer, services at 20 ms, aws-jwt-verify');
const WARM = ratioOf('invocation/authorizer, aws-jwt-verify: p50');
const POWERTOOLS = ratioOf('invocation/authorizer, Powertools + jose: p50');
const EMPTY = ratioOf('invocation/authorizer, empty authorizer: p50');

test('the README and the page state the measured ratios of a cold start', () => {
  expect(README).toContain('less than half as long as with the AWS SDK and jose');
  expect(PAGE).toContain('less than half as long as in a handler that reads parameters with the AWS SDK');
  expect(SDK).toBeLessThan(0.5);
  expect(README).toContain('a third longer than with aws-jwt-verify');
  expect(IN_CODE).toBeGreaterThan(1.28);
  expect(IN_CODE).toBeLessThan(1.38);
});

test('the README and the page state the measured ratios of a warm invocation', () => {
  expect(README).toContain(`A warm invocation takes ${WARM.toFixed(2)} times as long as with aws-jwt-verify`);
  expect(PAGE).toContain(
    `takes ${WARM.toFixed(2)} times as long as a handler on aws-jwt-verify, and ${POWERTOOLS.toFixed(2)} times as long as one on Powertools and jose`,
  );
  expect(PAGE).toContain(`takes ${Math.round(100 / EMPTY)} % of our time`);
});

test('the README states the measured ratio of new tokens', () => {
  const ratios = ratiosOf(/^decision\/new token .*, jsonwebtoken$/);
  const [least, most] = [Math.min(...ratios), Math.max(...ratios)].map((ratio) => ratio.toFixed(2));
  expect(README).toContain(`takes ${least} to ${most} times as long as verifying it with jsonwebtoken`);
});
