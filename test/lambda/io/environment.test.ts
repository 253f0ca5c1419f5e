import { expect, test } from '@jest/globals';
import { parseEnvironment } from '../../../lambda/io/environment.ts';

test('without variables the defaults of the contract hold', () => {
  expect(parseEnvironment({})).toMatchObject({ configPath: '/alb-jwt-authorizer', configRefreshSeconds: 60 });
});

test.each(['/a', '/a/b', '/team-1/app_2/v1.0'])('the path %s is accepted', (path) => {
  expect(parseEnvironment({ CONFIG_PATH: path })).toMatchObject({ configPath: path });
});

test.each(['', '/', 'a', '/a/', '//a', '/a//b', '/a b', '/a?', '/é', '/a\n'])(
  'the path %j is refused',
  (path) => {
    expect(() => parseEnvironment({ CONFIG_PATH: path })).toThrow('CONFIG_PATH must be a parameter path');
  },
);

test.each([
  ['1', 1],
  ['60', 60],
  ['3600', 3600],
])('%s seconds are accepted', (text, seconds) => {
  expect(parseEnvironment({ CONFIG_REFRESH_SECONDS: text })).toMatchObject({ configRefreshSeconds: seconds });
});

test.each(['', '0', '-1', '3601', '1.5', 'x', '60s', 'Infinity', 'NaN'])('%j seconds are refused', (text) => {
  expect(() => parseEnvironment({ CONFIG_REFRESH_SECONDS: text })).toThrow(
    'CONFIG_REFRESH_SECONDS must be a whole number from 1 to 3600',
  );
});

test.each(['', '"', 'a"b', 'a\nb', '1', 'a'.repeat(129)])(
  'a service of %j is refused, for metrics have it as it is',
  (text) => {
    expect(() => parseEnvironment({ POWERTOOLS_SERVICE_NAME: text })).toThrow(
      'POWERTOOLS_SERVICE_NAME must be a name like alb-jwt-authorizer',
    );
  },
);

test('every bad variable is named at once', () => {
  expect(() => parseEnvironment({ CONFIG_PATH: '', CONFIG_REFRESH_SECONDS: '' })).toThrow(
    /CONFIG_PATH.*CONFIG_REFRESH_SECONDS/,
  );
});
