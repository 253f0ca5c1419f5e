import { expect, test } from '@jest/globals';
import { versionOf } from '../../lambda/core/config/reading.ts';
import { PARAMETER_NAMES, parameterVersions } from '../../tools/parameter-versions.ts';

test('reads the versions of a log line back as they were written', () => {
  const stored = (version: number) => ({ value: 'x', version, modifiedAt: 0 });
  const reading = Object.fromEntries(PARAMETER_NAMES.map((name, index) => [name, stored(index + 3)]));
  const { policy: _, ...rest } = reading;
  expect(parameterVersions(versionOf(reading))).toEqual(
    Object.fromEntries(PARAMETER_NAMES.map((name, index) => [name, index + 3])),
  );
  expect(parameterVersions(versionOf(rest))).not.toHaveProperty('policy');
  expect(parameterVersions('in force')).toEqual({});
});
