import { describe, expect, test } from '@jest/globals';
import { basePathsOf, compileBasePaths } from '../../../lambda/core/base-paths.ts';

describe('the base paths of a domain', () => {
  const basePaths = compileBasePaths({
    'api.example.com': ['/', '/v1', '/v1/beta'],
    '*.example.com': '/all',
    '*.deep.example.com': '/deep',
  });

  test.each([
    ['api.example.com', ['/v1/beta', '/v1', '']],
    ['b.example.com', ['/all']],
    ['a.deep.example.com', ['/deep']],
    ['deep.example.com', ['/all']],
    ['example.com', undefined],
    ['a.b.example.com', undefined],
    ['*.example.com', ['/all']],
    ['', undefined],
  ])('%s: %j', (domain, expected) => expect(basePathsOf(basePaths, domain)).toEqual(expected));

  test('are undefined if the policy lists no domain', () => {
    expect(basePathsOf(compileBasePaths(undefined), 'api.example.com')).toBeUndefined();
  });
});
