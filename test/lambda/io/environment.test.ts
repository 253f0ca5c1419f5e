import { expect, test } from '@jest/globals';
import { parseEnvironment } from '../../../lambda/io/environment.ts';

test("without variables the contract's defaults apply", () => {
  expect(parseEnvironment({})).toMatchObject({ configPath: '/alb-jwt-authorizer', configRefreshSeconds: 60 });
});

test.each(['/a', '/a/b', '/team-1/app_2/v1.0'])('the path %s is accepted', (path) => {
  expect(parseEnvironment({ CONFIG_PATH: path })).toMatchObject({ configPath: path });
});

test.each(['', '/', 'a', '/a/', '//a', '/a//b', '/a b', '/a?', '/é', '/a\n'])(
  'the path %j is rejected',
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

test.each(['', '0', '-1', '3601', '1.5', 'x', '60s', 'Infinity', 'NaN'])('rejects %j seconds', (text) => {
  expect(() => parseEnvironment({ CONFIG_REFRESH_SECONDS: text })).toThrow(
    'CONFIG_REFRESH_SECONDS must be a whole number from 1 to 3600',
  );
});

test.each(['', '"', 'a"b', 'a\nb', 'a b', 'ä', 'a'.repeat(401)])(
  'a service of %j is rejected, because metrics contain it unescaped',
  (text) => {
    expect(() => parseEnvironment({ POWERTOOLS_SERVICE_NAME: text })).toThrow(
      'POWERTOOLS_SERVICE_NAME must be a name like alb-jwt-authorizer',
    );
  },
);

test('the secrets are at a URL of their own, and belong to the owner of the snapshot', () => {
  const url = 'https://secrets.s3.eu-west-1.amazonaws.com/secrets/1.json';
  expect(parseEnvironment({})).toMatchObject({ secrets: undefined });
  expect(parseEnvironment({ SECRETS_URL: url, SNAPSHOT_OWNER: '123456789012' })).toMatchObject({
    snapshot: undefined,
    secrets: { url: new URL(url), owner: '123456789012' },
  });
});

test.each(['http://secrets.example/secrets/1.json', 'secrets/1.json', 'https://secrets.example/1.json?x'])(
  'secrets at %s are rejected',
  (url) => {
    expect(() => parseEnvironment({ SECRETS_URL: url })).toThrow(
      'SECRETS_URL must be the https URL of an S3 object, without a query',
    );
  },
);

test('all bad variables are named at once', () => {
  expect(() => parseEnvironment({ CONFIG_PATH: '', CONFIG_REFRESH_SECONDS: '' })).toThrow(
    /CONFIG_PATH.*CONFIG_REFRESH_SECONDS/,
  );
});
