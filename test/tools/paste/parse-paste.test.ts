import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { parsePaste } from '../../../tools/explain/paste/parse-paste.ts';
import { createKey } from '../../support/keys.ts';
import { mint } from '../../support/tokens.ts';

const KEY = createKey('ES256', 'key-1');
const TOKEN = mint(KEY);
const ID_TOKEN = mint(KEY, { nonce: 'n' });

describe('takes the token out of', () => {
  test.each<[string, string, string]>([
    ['nothing but itself', TOKEN, ''],
    ['its scheme', `Bearer ${TOKEN}`, '"Bearer" was removed'],
    ['quotes', `'${TOKEN}'`, 'quotes around'],
    ['a line of JSON without its name', `"Bearer ${TOKEN}",`, 'quotes around'],
    ['JSON within JSON', `\\"${TOKEN}\\"`, 'quotes around'],
    ['a line of code', `"${TOKEN}";`, 'quotes around'],
    ['quotes of a word processor', `\u201c${TOKEN}\u201d`, 'quotes around'],
    ['Markdown', `\`${TOKEN}\``, 'quotes around'],
    [
      'broken lines',
      `${TOKEN.slice(0, 60)}\r\n${TOKEN.slice(60, 120)}\n  ${TOKEN.slice(120)}`,
      'line breaks',
    ],
    ['blanks', `${TOKEN.slice(0, 60)} ${TOKEN.slice(60)}`, 'blanks within'],
    ['a URL', `Bearer%20${TOKEN.replaceAll('.', '%2E')}`, 'URL escapes'],
    ['YAML', `access_token: ${TOKEN}\ntoken_type: Bearer`, 'the text around it was ignored'],
    ['an assignment', `export TOKEN="${TOKEN}"`, 'the text around it was ignored'],
    [
      'an object of JavaScript',
      `{ access_token: '${TOKEN}', expires_in: 3600 }`,
      'the text around it was ignored',
    ],
    ['headers as JSON', `{"Authorization":"Bearer ${TOKEN}"}`, 'the text around it was ignored'],
    ['a line of a log', `2026-01-01 INFO token=${TOKEN} user=1`, 'the text around it was ignored'],
    ['a whole response', `HTTP/1.1 200\n\n{"access_token":"${TOKEN}"}`, 'the text around it was ignored'],
    ['a paste that was pasted twice', `${TOKEN}\n${TOKEN}`, 'the text around it was ignored'],
    ['invisible characters', `\ufeff${TOKEN.slice(0, 9)}\u200b${TOKEN.slice(9)}\u00a0`, ''],
  ])('%s', (_, pasted, note) => {
    const paste = parsePaste(pasted);
    expect(paste).toMatchObject({ kind: 'token', token: TOKEN });
    expect(paste.notes.join()).toContain(note);
    expect(paste.notes.length > 0).toBe(note !== '');
  });
});

test.each([[''], [' \n\t'], ['\ufeff\r\n']])('says that an empty paste is empty: %j', (text) => {
  expect(parsePaste(text).kind).toBe('empty');
});

test('takes a token with padding, or with a header of several lines, as it is', () => {
  const padded = TOKEN.split('.')
    .map((segment) => `${segment}==`)
    .join('.');
  const spaced = mint(KEY, {}, '{\n "alg": "ES256" }');
  for (const token of [padded, `${TOKEN}=`, spaced]) {
    expect(parsePaste(token)).toEqual({ kind: 'token', token, notes: [] });
  }
});

describe('reads a token response', () => {
  const standard = {
    access_token: TOKEN,
    id_token: ID_TOKEN,
    refresh_token: 'opaque',
    token_type: 'Bearer',
    expires_in: 3600,
  };
  test.each<[string, string, object]>([
    [
      'as JSON',
      JSON.stringify(standard, null, 2),
      { access_token: TOKEN, id_token: ID_TOKEN, refresh_token: 'opaque' },
    ],
    [
      'of Amazon Cognito',
      JSON.stringify({ AuthenticationResult: { AccessToken: TOKEN, IdToken: ID_TOKEN } }),
      { access_token: TOKEN, id_token: ID_TOKEN },
    ],
    ['of the Azure CLI', JSON.stringify({ accessToken: TOKEN, tenant: 't' }), { access_token: TOKEN }],
    ['of AWS STS', JSON.stringify({ WebIdentityToken: TOKEN, Expiration: 1 }), { access_token: TOKEN }],
    ['of GitHub Actions', JSON.stringify({ count: 10, value: TOKEN }), { access_token: TOKEN }],
    [
      'in the fragment of a URL',
      `https://app.example/cb#access_token=${TOKEN}&token_type=bearer&id_token=${ID_TOKEN}`,
      { access_token: TOKEN, id_token: ID_TOKEN },
    ],
    ['with a scheme', JSON.stringify({ access_token: `Bearer ${TOKEN}` }), { access_token: TOKEN }],
    [
      'with other members of such names, in any order',
      JSON.stringify({ value: 'x', user: { token: 'csrf' }, access_token: TOKEN }),
      { access_token: TOKEN },
    ],
    ['as a form', `access_token=${TOKEN}&expires_in=1`, { access_token: TOKEN }],
  ])('%s', (_, text, tokens) => {
    expect(parsePaste(text)).toMatchObject({ kind: 'response', tokens });
  });
  test.each([
    ['{"error":"invalid_client","error_description":"secret"}', 'with the error invalid_client and no token'],
    [`{"access_token":"${TOKEN.slice(0, 50)}`, 'its beginning or end was not copied'],
    ['{"a": 1}', 'The JSON has no token in it'],
    ['[1, 2', 'begins like JSON, but is not valid'],
  ])('but not %s', (text, problem) => {
    const paste = parsePaste(text);
    expect(paste).toMatchObject({ kind: 'unreadable', problem: expect.stringContaining(problem) });
    expect(JSON.stringify(paste)).not.toMatch(/eyJ|secret/);
  });
});

describe('reads header lines', () => {
  test.each<[string, string, object]>([
    ['one', `Authorization: Bearer ${TOKEN}`, { headers: [['authorization', `Bearer ${TOKEN}`]] }],
    ['in quotes', `"Authorization: Bearer ${TOKEN}"`, { headers: [['authorization', `Bearer ${TOKEN}`]] }],
    [
      'as a member',
      `"Authorization": "Bearer ${TOKEN}",`,
      { headers: [['authorization', `Bearer ${TOKEN}`]] },
    ],
    ['of the load balancer', `x-amzn-oidc-data: ${TOKEN}`, { headers: [['x-amzn-oidc-data', TOKEN]] }],
    ['cookies', `Cookie: a=1; session=${TOKEN}`, { headers: [['cookie', `a=1; session=${TOKEN}`]] }],
    [
      'broken',
      `Authorization: Bearer ${TOKEN.slice(0, 50)}\n  ${TOKEN.slice(50)}`,
      { headers: [['authorization', `Bearer ${TOKEN}`]] },
    ],
    [
      'a whole request',
      `POST /api/orders?x=1 HTTP/1.1\r\nHost: a.example\r\nAuthorization: Bearer ${TOKEN}\r\n\r\n{"b":1}`,
      {
        method: 'POST',
        path: '/api/orders',
        query: 'x=1',
        headers: [
          ['host', 'a.example'],
          ['authorization', `Bearer ${TOKEN}`],
        ],
      },
    ],
    [
      'the request in what curl -v prints',
      `* Connected\n> PUT /api/x HTTP/2\n> Host: a\n> Authorization: Bearer ${TOKEN}\n> \n< HTTP/2 401\n< x: y`,
      {
        method: 'PUT',
        path: '/api/x',
        headers: [
          ['host', 'a'],
          ['authorization', `Bearer ${TOKEN}`],
        ],
      },
    ],
    [
      "a browser's list",
      `:method: PUT\n:path: /api/x\naccept: */*\nauthorization: Bearer ${TOKEN}`,
      {
        method: 'PUT',
        path: '/api/x',
        headers: [
          ['accept', '*/*'],
          ['authorization', `Bearer ${TOKEN}`],
        ],
      },
    ],
  ])('%s', (_, text, request) => {
    expect(parsePaste(text)).toMatchObject({ kind: 'request', request });
  });
});

test('does not take a client ID and its secret for a header field', () => {
  expect(parsePaste('client:secret')).toEqual({ kind: 'token', token: 'client:secret', notes: [] });
});

test('rejects two tokens', () => {
  expect(parsePaste(`${TOKEN}\n${ID_TOKEN}`)).toMatchObject({
    kind: 'unreadable',
    problem: 'There are 2 tokens in what was pasted: paste the one you mean.',
  });
});

test('reads any paste as something, quickly, and repeats none of it in notes and problems', () => {
  const text = fc.oneof(
    fc.string({ maxLength: 200 }),
    fc.string({ unit: 'binary', maxLength: 200 }),
    fc
      .array(
        fc.constantFrom(
          'curl ',
          '-H ',
          '"',
          "'",
          '$',
          '\\',
          '^',
          '\n',
          ': ',
          '{',
          'eyJ',
          '.',
          '%2e',
          'pass-word',
          '=',
          '&',
        ),
        { maxLength: 30 },
      )
      .map((parts) => parts.join('')),
  );
  fc.assert(
    fc.property(text, (input) => {
      const paste = parsePaste(input);
      const said = paste.kind === 'unreadable' ? paste.problem : paste.notes.join();
      expect(said).not.toMatch(/pass-word/);
    }),
    { numRuns: 2000 },
  );
  for (const unit of ['a=', '"', '\\', "$'", 'eyJ.', '%20', ': \n', '^"', '{"a":', 'x: ']) {
    parsePaste(unit.repeat(20_000));
    parsePaste(`curl ${unit.repeat(20_000)}`);
  }
});
