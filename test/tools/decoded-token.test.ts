import { expect, test } from '@jest/globals';
import { decodePasted } from '../../tools/explain/decoded-token.ts';

const segment = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
const TOKEN = `${segment({ alg: 'RS256' })}.${segment({ sub: 'a' })}.c2ln`;

test('a pasted token is freed of what clings to it, and decoded', () => {
  expect(decodePasted(`Authorization: Bearer ${TOKEN}\n`)).toMatchObject({
    token: TOKEN,
    notes: [expect.any(String)],
    header: { alg: 'RS256' },
    claims: { sub: 'a' },
    malformed: undefined,
  });
});

test('what is no token says why, and what it may be', () => {
  expect(decodePasted('opaque')).toMatchObject({
    claims: undefined,
    malformed: 'not three segments separated by dots',
    hints: expect.arrayContaining([expect.stringContaining('an opaque token')]),
  });
});

test('a command is no token, and the text says what to paste instead', () => {
  expect(decodePasted('wget https://api.example.com/')).toMatchObject({
    token: '',
    malformed: expect.stringContaining('only curl is understood'),
  });
});
