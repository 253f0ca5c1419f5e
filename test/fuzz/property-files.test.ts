import { expect, test } from '@jest/globals';
import { filesWithProperties } from './property-files.ts';

const SEED = 'test/lambda/core/config/mcp-candidates.property.test.ts';

test('finds the tests with properties in folders', () => {
  const files = filesWithProperties(['test/lambda/core/config', SEED]);
  expect(files.filter((file) => file === SEED)).toHaveLength(1);
  expect(files).not.toContain('test/lambda/core/config/mcp-routes.test.ts');
  expect(filesWithProperties(['test'])).toEqual(expect.arrayContaining(files));
});

test.each([
  ['test/nothing.test.ts', 'There is no file test/nothing.test.ts: name a test, or a folder of tests.'],
  [
    'test/fuzz/arguments.test.ts',
    'test/fuzz/arguments.test.ts has no properties, so a seed changes nothing: name a test that uses fast-check.',
  ],
  ['docs', 'docs has no properties, so a seed changes nothing: name a test that uses fast-check.'],
])('says what is wrong with %s', (place, problem) => {
  expect(() => filesWithProperties([SEED, place])).toThrow(problem);
});
