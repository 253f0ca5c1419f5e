import { spawnSync } from 'node:child_process';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { parsePaste } from '../../../tools/explain/paste/parse-paste.ts';
import type { PastedRequest } from '../../../tools/explain/paste/pasted.ts';
import { splitBash } from '../../../tools/explain/paste/shell-words.ts';

/** A word for bash as browsers' developer tools write it: in plain quotes, or in ANSI-C quotes if those are not enough. */
const ansiQuoted = (text: string): string =>
  `$'${text
    .replaceAll('\\', '\\\\')
    .replaceAll("'", "\\'")
    .replaceAll('\n', '\\n')
    .replaceAll('\r', '\\r')
    .replaceAll(/[\p{Cc}!]/gu, (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`)}'`;
const browserQuoted = (text: string): string => (/[\p{Cc}!']/u.test(text) ? ansiQuoted(text) : `'${text}'`);
const singleQuoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;
const doubleQuoted = (text: string): string => `"${text.replaceAll(/[$`"\\]/g, '\\$&')}"`;
const escaped = (text: string): string =>
  text.replaceAll(/[^\w.,:/=@%+-]/g, (one) => (one === '\n' ? "$'\\n'" : `\\${one}`));

/** A word for Windows' cmd as Chromium writes it. */
const cmdQuoted = (text: string): string =>
  `^"${text
    .replaceAll('\\', '\\\\')
    .replaceAll('"', '\\"')
    .replaceAll(/[^a-zA-Z0-9\s_\-:=+~'/.',?;()*`]/g, '^$&')
    .replaceAll(/%(?=[a-zA-Z0-9_])/g, '%^')}^"`;

/** Values that a field can have, including credentials. */
const value = fc
  .stringMatching(/^[!-~][ -~]{0,60}$/)
  .map((text) => text.trim())
  .filter((text) => text !== '');
const token = fc
  .tuple(fc.stringMatching(/^[\w-]{10,40}$/), fc.stringMatching(/^[\w-]{10,40}$/))
  .map(([claims, signature]) => `eyJhbGciOiJFUzI1NiJ9.${claims}.${signature}`);
const name = fc
  .stringMatching(/^[A-Za-z][A-Za-z-]{0,15}$/)
  .filter((text) => !/^(?:host|cookie|authorization|content-type)$/i.test(text));

const BODY = `{"a":"it's \\ \\" 100%"}`;

const requests = fc.record({
  method: fc.constantFrom('GET', 'POST', 'PUT', 'DELETE', 'PATCH'),
  path: fc
    .stringMatching(/^(?:\/[\w~!$&'()*+,;=:@%.-]{1,8}){1,4}$/)
    .filter((path) => !/\/\.\.?(?:\/|$)/.test(path)),
  query: fc.stringMatching(/^(?:[a-z]{1,4}=[\w!$'()*+,;:@%./-]{0,8}(?:&[a-z]=[\w]{0,3})?)?$/),
  fields: fc.uniqueArray(fc.tuple(name, value), { maxLength: 4, selector: ([one]) => one.toLowerCase() }),
  cookie: fc.option(fc.stringMatching(/^[a-z]{1,5}=[\w.-]{1,20}$/), { nil: undefined }),
  token,
});
type Sample = typeof requests extends fc.Arbitrary<infer T> ? T : never;

function expected({ method, path, query, fields, cookie, token: text }: Sample): PastedRequest {
  return {
    method,
    path,
    query,
    headers: [
      ...fields.map(([one, other]): [string, string] => [one.toLowerCase(), other]),
      ['authorization', `Bearer ${text}`],
      ...(cookie === undefined ? [] : ([['cookie', cookie]] as const)),
      ['host', 'api.example.com'],
      ['content-type', 'application/x-www-form-urlencoded'],
    ],
    body: Buffer.from(BODY),
  };
}

const urlOf = ({ path, query }: Sample): string =>
  `https://api.example.com${path}${query === '' ? '' : `?${query}`}`;

/** Commands for the same request, with different quotes and line continuations. */
function commandOf(sample: Sample, quote: (text: string) => string, lineEnd: string): string {
  const { method, fields, cookie, token: text } = sample;
  return [
    `curl ${quote(urlOf(sample))}`,
    `-X ${quote(method)}`,
    ...fields.map(([one, other]) => `-H ${quote(`${one}: ${other}`)}`),
    `--header ${quote(`Authorization: Bearer ${text}`)}`,
    ...(cookie === undefined ? [] : [`-b ${quote(cookie)}`]),
    `--data-raw ${quote(BODY)}`,
    '--compressed --insecure -sSL',
  ].join(lineEnd);
}

describe('recovers the request of a curl command from', () => {
  test.each<[string, (text: string) => string, string]>([
    ['what browsers copy for bash', browserQuoted, ' \\\n  '],
    ['ANSI-C quotes', ansiQuoted, ' \\\r\n  '],
    ['single quotes', singleQuoted, ' '],
    ['double quotes', doubleQuoted, ' \\\n'],
    ['backslashes', escaped, ' '],
    ["what browsers copy for Windows' cmd", cmdQuoted, ' ^\r\n  '],
  ])('%s', (_, quote, lineEnd) => {
    fc.assert(
      fc.property(requests, (sample) => {
        const paste = parsePaste(`${commandOf(sample, quote, lineEnd)}\n`);
        expect(paste).toMatchObject({ kind: 'request', request: expected(sample) });
        expect(JSON.stringify(paste.notes)).not.toContain(sample.token.slice(0, 30));
      }),
    );
  });
});

test('splits a command into the same words as bash', () => {
  const piece = fc.oneof(
    fc.stringMatching(/^[ -~]{0,8}$/).map(singleQuoted),
    fc.stringMatching(/^[ -~]{0,8}$/).map(doubleQuoted),
    fc.stringMatching(/^[ -~\n]{0,8}$/).map(ansiQuoted),
    fc.stringMatching(/^[\w./:=@%+-]{1,8}$/),
    fc.constantFrom("$'\\x41\\101\\u00e9\\t'", '\\ ', '\\\n', ' ', '  ', '\t'),
  );
  fc.assert(
    fc.property(
      fc.array(piece, { maxLength: 8 }).map((pieces) => `x ${pieces.join('')}`),
      (command) => {
        const { stdout } = spawnSync(
          'bash',
          ['-c', `for word in ${command}; do printf '%s\\0' "$word"; done`],
          {
            env: { LC_ALL: 'C.UTF-8' },
          },
        );
        const words = stdout.toString().split('\0').slice(0, -1);
        expect(splitBash(command).words.map(({ text }) => text)).toEqual(words);
      },
    ),
    { numRuns: 40 },
  );
});

describe('a curl command', () => {
  const requestOf = (command: string) => {
    const paste = parsePaste(command);
    if (paste.kind !== 'request') throw new Error(JSON.stringify(paste));
    return paste.request;
  };
  test.each<[string, Partial<PastedRequest>]>([
    ['curl localhost:8080/api/x', { method: 'GET', path: '/api/x', query: '' }],
    ['curl https://a.example', { path: '/' }],
    ['curl -d a=1 https://a.example/x', { method: 'POST' }],
    ['curl --json {} https://a.example/x', { method: 'POST' }],
    ['curl -G -d a=1 -d b=2 https://a.example/x?c', { method: 'GET', query: 'c&a=1&b=2' }],
    ['curl -I https://a.example/x', { method: 'HEAD' }],
    ['curl -T file https://a.example/x', { method: 'PUT' }],
    ['curl -sXDELETE https://a.example/x | jq .', { method: 'DELETE', path: '/x' }],
    ['$ curl.exe -X PATCH https://a.example/x', { method: 'PATCH' }],
    ['curl https://a.example/a/../b/./c', { path: '/b/c' }],
    ['curl --path-as-is https://a.example/a/../b', { path: '/a/../b' }],
    ['curl -o out -w %{http_code} -m 5 https://a.example/x', { path: '/x' }],
    ['curl https://a.example/x#part', { path: '/x' }],
    [
      'curl --oauth2-bearer T https://a.example',
      {
        headers: [
          ['authorization', 'Bearer T'],
          ['host', 'a.example'],
        ],
      },
    ],
    [
      'curl -u me:secret https://a.example',
      {
        headers: [
          ['authorization', 'Basic bWU6c2VjcmV0'],
          ['host', 'a.example'],
        ],
      },
    ],
    [
      "curl -H'Host: b.example' -H 'X-Empty;' -H 'Accept:' https://a.example",
      {
        headers: [
          ['host', 'b.example'],
          ['x-empty', ''],
        ],
      },
    ],
    [
      'curl -H "Authorization: Bearer T"',
      { method: undefined, path: undefined, headers: [['authorization', 'Bearer T']] },
    ],
    ["-H 'Authorization: Bearer T' \\", { headers: [['authorization', 'Bearer T']] }],
    ['curl \u201chttps://a.example/x\u201d', { path: '/x' }],
    ['user@host:~$ curl https://a.example/x', { path: '/x' }],
    ['PS C:\\> curl.exe https://a.example/x', { path: '/x' }],
    ['C:\\Users\\me>curl https://a.example/x', { path: '/x' }],
    ['TOKEN=x time curl https://a.example/x', { path: '/x' }],
    ['curl --proto =https --tlsv1.2 --netrc-file n localhost:8080/x', { path: '/x' }],
    ['curl https://a.example/x -X PUT --next https://a.example/y', { method: 'PUT', path: '/x' }],
    ['curl https://a.example/x\ncurl -X PUT https://a.example/y', { method: 'GET', path: '/x' }],
    ['curl https://a.example/x\n-X PUT', { method: 'PUT', path: '/x' }],
    [
      'curl ^"https://a.example/x^" ^\r\n  -X PUT &\r\ncurl ^"https://a.example/y^" -X PATCH',
      { method: 'PUT', path: '/x' },
    ],
    [
      'curl https://me:s%3A1@a.example/x',
      {
        headers: [
          ['authorization', `Basic ${Buffer.from('me:s:1').toString('base64')}`],
          ['host', 'a.example'],
        ],
      },
    ],
  ])('%s', (command, request) => expect(requestOf(command)).toMatchObject(request));

  test.each([
    ...[
      'curl -H "Authorization: Bearer $TOKEN" https://a.example',
      `curl -H "Authorization: Bearer $\{TOKEN:-s3cret}" https://a.example`,
      'curl -H "Authorization: Bearer $(cat token)" https://a.example',
      'curl -H "Authorization: Bearer $(jq -r ".s3cret" t)" https://a.example',
      'curl -H "Authorization: Bearer `cat token`" https://a.example',
      'curl -H "Authorization: Bearer %TOKEN%" https://a.example',
    ].map((command) => [command, 'A header in the curl command has a shell variable or a substitution']),
    ['curl -u "me:pa$s3cret" https://a.example', 'The user or password in the curl command has a shell'],
    ['curl https://a.example/$s3cret', 'The URL in the curl command has a shell variable'],
    ["curl -H 'Authorization: Bearer eyJ", 'ends within quotes'],
    ['curl ^"https://a.example^" ^\r\n -H ^"Authorization: Be', 'ends within quotes'],
    ['fetch("https://a.example")', 'The only command understood here is curl'],
    ['Invoke-WebRequest -Uri x', 'The only command understood here is curl'],
  ])('that cannot be read is reported without repeating it: %s', (command, problem) => {
    const paste = parsePaste(command);
    expect(paste).toMatchObject({ kind: 'unreadable', problem: expect.stringContaining(problem as string) });
    expect(JSON.stringify(paste)).not.toMatch(/s3cret|TOKEN/);
  });
  test('may have a variable where it does not matter', () => {
    expect(requestOf('curl -o "$HOME/x" https://a.example/x')).toMatchObject({ path: '/x' });
    expect(requestOf("curl -H 'X-Price: $5' https://a.example/x").headers).toContainEqual(['x-price', '$5']);
  });
});
