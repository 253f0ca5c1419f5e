import { expect, test } from '@jest/globals';
import { stripPrefix } from '../../../../lambda/core/paths/strip-prefix.ts';

test.each([
  ['/v1/x', '/v1', '/x'],
  ['/v1/', '/v1', '/'],
  ['/v1', '/v1', '/'],
  ['/v10', '/v1', undefined],
  ['/V1/x', '/v1', undefined],
  ['/x', '', '/x'],
  ['', '', ''],
  ['', '/v1', undefined],
])('%j without %j is %j', (path, prefix, expected) => expect(stripPrefix(path, prefix)).toBe(expected));
