import { expect, test } from '@jest/globals';
import { decodePasted } from '../../tools/explain/decoded-token.ts';

const segment = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
const TOKEN = `${segment({ alg: 'RS256' })}.${segment({ sub: 'a' })}.c2ln`;

test('cleans a pasted token and decodes it', () => {
  expect(decodePasted(`Authorization: Bearer ${TOKEN}\n`)).toMatchObject({
    token: TOKEN,
    notes: [expect.any(String)],
    header: { alg: 'RS256' },
    claims: { sub: 'a' },
    malformed: undefined,
  });
});

test('says why a text is not a token, and what it may be', () => {
  expect(decodePasted('opaque')).toMatchObject({
    claims: undefined,
    malformed: 'not three segments separated by dots',
    hints: expect.arrayContaining([expect.stringContaining('an opaque token')]),
  });
});

test.each([
  [
    'a command that is not understood',
    'wget https://api.example.com/',
    /only command understood here is curl/,
  ],
  ['several tokens', `${TOKEN} ${TOKEN}x`, /^There are 2 tokens/],
  [
    'a request without a token',
    'curl https://api.example.com/',
    'The request that was pasted has no token in it.',
  ],
  ['nothing', ' ', 'Nothing was pasted.'],
])('says that %s has no token, and what to paste instead', (_, pasted, problem) => {
  expect(decodePasted(pasted)).toMatchObject({
    token: '',
    problem: typeof problem === 'string' ? problem : expect.stringMatching(problem),
    malformed: undefined,
  });
});

test('takes only the token from a request or a token response, and says so in a note', () => {
  expect(decodePasted(`curl -XPOST -H 'Authorization: Bearer ${TOKEN}' https://a.example/`)).toMatchObject({
    token: TOKEN,
    notes: ['only the token was taken from what was pasted, and nothing else of the request'],
  });
  expect(decodePasted(JSON.stringify({ id_token: TOKEN, access_token: `${TOKEN}x` }))).toMatchObject({
    token: `${TOKEN}x`,
    notes: ['the access_token of the token response was taken'],
  });
});
