import { PassThrough } from 'node:stream';
import { afterAll, beforeEach, describe, expect, test } from '@jest/globals';
import { ArgumentError } from '../../../tools/arguments.ts';
import { presetsOf } from '../../../tools/init/find-preset.ts';
import type { Question } from '../../../tools/init/questions.ts';
import { createTerminal, Interrupted } from '../../../tools/init/terminal.ts';
import { plain } from '../../../tools/terminal-colors.ts';
import { answering, folder, ISSUER, runInit } from './init-world.ts';

let place = folder();
beforeEach(() => {
  place.remove();
  place = folder();
});
afterAll(() => place.remove());

const GITHUB = 'https://token.actions.githubusercontent.com';
const ENTRA_V1 = 'https://sts.windows.net/11111111-2222-3333-4444-555555555555/';

describe('on a terminal', () => {
  test('asks for unknown values in order, and an empty answer leaves out an optional one', async () => {
    const terminal = answering('https://api.example.com', '', '', '');
    const { written, decided } = await runInit(place.file(), { given: {} }, { terminal });
    expect(terminal.asked.map(([title]) => title)).toEqual(['Audience', 'Scopes', 'Paths', 'Upstream']);
    expect(written).toMatchObject({ unmatched: 'deny', routes: [{ path: '/api/*' }] });
    expect(decided).toMatchObject({ audience: 'https://api.example.com', upstream: undefined });
  });
  test('accepts all of the answers', async () => {
    const terminal = answering(
      'a, b',
      'orders:read  orders:write',
      '/api/orders/*,/api/items/*',
      'https://orders.example.com',
    );
    const { decided } = await runInit(place.file(), { given: {} }, { terminal });
    expect(decided).toMatchObject({ audience: 'a,b', upstream: 'https://orders.example.com' });
    const scopes = ['orders:read', 'orders:write'];
    expect(decided.policy.routes).toEqual([
      { path: '/api/orders/*', scopes },
      { path: '/api/items/*', scopes },
    ]);
  });
  test('asks again, and says why, until check-config would accept the answer', async () => {
    const terminal = answering(
      ...['', 'YOUR-AUDIENCE', 'a,,b', 'a\u200bb', 'a'],
      ...['a"b', 'orders:read'],
      ...['api/*', '/api/../*', '/api/*'],
      ...['ftp://x', 'http://public.example.com', 'whoami'],
    );
    await runInit(place.file(), { given: {} }, { terminal });
    expect(terminal.asked.map(([title, fault]) => [title, fault?.slice(0, 45)])).toEqual([
      ['Audience', undefined],
      ['Audience', 'This is needed: it says whom the tokens are f'],
      ['Audience', 'has "YOUR-…", which stands for nothing here: '],
      ['Audience', 'is empty, or has an empty entry.'],
      ['Audience', 'has invisible characters.'],
      ['Scopes', undefined],
      ['Scopes', 'must be one scope, such as "orders:read", wit'],
      ['Paths', undefined],
      ['Paths', 'must begin with a slash and have no spaces, s'],
      ['Paths', expect.stringMatching(/\S/)],
      ['Upstream', undefined],
      ['Upstream', expect.stringMatching(/https/)],
      ['Upstream', 'is http to a host that may be public: anyone '],
    ]);
  });
  test('accepts no token as an answer, and does not repeat it', async () => {
    const token = [{ alg: 'RS256' }, { sub: 'a' }].map((part) =>
      Buffer.from(JSON.stringify(part)).toString('base64url'),
    );
    const terminal = answering(`${token.join('.')}.c2ln`, 'a', '', '', '');
    await runInit(place.file(), { given: {} }, { terminal });
    expect(terminal.asked[1]).toEqual([
      'Audience',
      'is a token, and none is needed here: do not paste tokens.',
    ]);
  });
  test('asks for the claims that say who may call, until it has one', async () => {
    const terminal = answering('', '74000001', 'refs/heads/main', '', '', '');
    const request = { issuers: [GITHUB], given: { audience: 'a' }, offline: true };
    const { decided } = await runInit(place.file(), request, { terminal });
    expect(terminal.asked.map(([title]) => title)).toEqual([
      'Claim repository_id',
      'Claim repository_owner_id',
      'Claim ref',
      'Claim event_name',
      'Paths',
      'Upstream',
    ]);
    expect(decided.policy.providers?.default?.requiredClaims).toEqual({
      repository_owner_id: { equals: '74000001' },
      ref: { equals: 'refs/heads/main' },
      event_name: { anyOf: ['push', 'workflow_dispatch'] },
    });
  });
  test('says what pressing Enter without an answer does', async () => {
    const said: (string | undefined)[] = [];
    const answers = ['', '74000001', 'refs/heads/main', '', '', ''];
    const terminal = {
      ...answering(),
      ask: async (_question: Question, _fault: string | undefined, without: string | undefined) => {
        said.push(without);
        return answers.shift() ?? '';
      },
    };
    const request = { issuers: [GITHUB], given: { audience: 'a' }, offline: true };
    await runInit(place.file(), request, { terminal });
    expect(said).toEqual([
      'for Claim repository_owner_id, because one of them is enough',
      'for Claim repository_id, because one of them is enough',
      'for Claim environment, because one of them is enough',
      'for push,workflow_dispatch',
      'for /api/*',
      'to leave it as it is',
    ]);
  });
  test('asks all of them again if none has been answered', async () => {
    const terminal = answering('', '', '1', 'refs/heads/main', 'push', '', '');
    const request = { issuers: [GITHUB], given: { audience: 'a' }, offline: true };
    await runInit(place.file(), request, { terminal });
    expect(terminal.asked[2]).toEqual([
      'Claim repository_id',
      'One of these is needed: it says whose runs may call, as every repository on GitHub gets tokens for any audience.',
    ]);
  });
  test('asks which tokens are meant if an issuer has several kinds', async () => {
    const terminal = answering('azure', '77777777-0000-1111-2222-333333333333', '', '');
    const request = { issuers: [ENTRA_V1], given: { audience: 'api://orders' }, offline: true };
    const { preset } = await runInit(place.file(), request, { terminal });
    expect(preset.name).toBe('azure');
  });
  test('asks where the keys are before it looks at them', async () => {
    const terminal = answering('https://login.example.com/jwks', '', '');
    const request = {
      issuers: ['https://kubernetes.default.svc.cluster.local'],
      given: { audience: 'a', claim: ['namespace=orders'] },
    };
    const { asked, decided } = await runInit(place.file(), request, { terminal });
    expect(terminal.asked[0]).toEqual(['Key set', undefined]);
    expect(asked).toContain('https://login.example.com/jwks');
    expect(decided).toMatchObject({ jwksUri: 'https://login.example.com/jwks' });
  });
  test('writes nothing if a question is answered with Ctrl-C', async () => {
    for (const answers of [[], ['a'], ['a', 'b', 'c']].map((some) => some.map(() => '/api/x'))) {
      const run = runInit(place.file(), { given: {} }, { terminal: answering(...answers) });
      await expect(run).rejects.toThrow(Interrupted);
      expect(place.names()).toEqual([]);
    }
  });
  test('writes nothing if Ctrl-C came while nothing was asked', async () => {
    const terminal = {
      ...answering('a', '', '', ''),
      throwIfInterrupted() {
        throw new Interrupted();
      },
    };
    await expect(runInit(place.file(), { given: {} }, { terminal })).rejects.toThrow(Interrupted);
    expect(place.names()).toEqual([]);
  });
  test('says that the file exists before it asks', async () => {
    await runInit(place.file());
    const terminal = answering('a');
    await expect(runInit(place.file(), { given: {} }, { terminal })).rejects.toThrow(/--force replaces it/);
    expect(terminal.asked).toEqual([]);
  });
});

describe('without a terminal', () => {
  const faultOf = (issuer: string, given: object, provider?: string) =>
    runInit(place.file(), { issuers: [issuer], given, provider, offline: true }).then(
      () => '',
      (error: unknown) => {
        expect(error).toBeInstanceOf(ArgumentError);
        return (error as Error).message;
      },
    );

  test('says everything that is missing at once, with its flags', async () => {
    expect(await faultOf(GITHUB, {})).toBe(
      [
        'There is no terminal to ask on, and answers are missing:',
        '  whom the tokens are for:',
        '    --audience LIST  what workflows ask for when they get a token, such as api.example.com',
        '  whose runs may call, as every repository on GitHub gets tokens for any audience:',
        '    --claim repository_id=VALUE  ID of the repository, such as 74000001',
        '    or --claim repository_owner_id=VALUE  ID of the owner, for all of its repositories',
        '  which runs of it may call:',
        '    --claim ref=VALUE  branch or tag, such as refs/heads/main',
        '    or --claim environment=VALUE  environment',
      ].join('\n'),
    );
  });
  test('says everything that is wrong at once, with its flags', async () => {
    const given = { audience: 'YOUR-API', claim: ['sub=*'], paths: 'api', scopes: 'a' };
    expect((await faultOf('https://accounts.google.com', given)).split('\n')).toEqual([
      expect.stringMatching(/^--audience: has "YOUR-…"/),
      expect.stringMatching(/^--claim sub: has "\*"/),
      '--scopes: tokens of google have no scopes: leave the option out.',
      expect.stringMatching(/^--paths: must begin with a slash/),
    ]);
  });
  test('requires the kind of tokens if an issuer has several', async () => {
    expect(await faultOf(ENTRA_V1, {})).toMatch(/--provider entra-v1 {2}.*\n {2}--provider azure {2}/);
  });
  test('accepts a claim by its name in the preset or in the policy, and several values', async () => {
    const issuer = 'https://11111111-2222-3333-4444-555555555555.tokens.sts.global.api.aws';
    const pointer = '/https:~1~1sts.amazonaws.com~1';
    const claim = [
      `${pointer}/org_id=o-abc1234567`,
      'principal_tags/team=a=b',
      'principal_tags/team=c',
      'tenant=t',
    ];
    const { decided } = await runInit(place.file(), {
      issuers: [issuer],
      given: { audience: 'a', claim },
      offline: true,
    });
    expect(decided.policy.providers?.default?.requiredClaims).toEqual({
      [`${pointer}/org_id`]: { equals: 'o-abc1234567' },
      [`${pointer}/principal_tags/team`]: { anyOf: ['a=b', 'c'] },
    });
    expect(decided.policy.routes?.[0]?.claims).toEqual({ tenant: { anyOf: ['t'] } });
  });
  test.each([
    ['https://accounts.google.com/', 'https://accounts.google.com'],
    ['example.okta.com/oauth2/default', 'https://example.okta.com/oauth2/default'],
    ['https://example.auth0.com', 'https://example.auth0.com/'],
    ['HTTPS://Example.okta.com/oauth2/default', 'https://example.okta.com/oauth2/default'],
    ['https://sts.windows.net/11111111-2222-3333-4444-555555555555', ENTRA_V1],
    [
      'https://login.microsoftonline.com/ABCDEF11-2222-3333-4444-555555555555/v2.0/',
      'https://login.microsoftonline.com/abcdef11-2222-3333-4444-555555555555/v2.0',
    ],
    ['https://agent.buildkite.com/', 'https://agent.buildkite.com'],
    ['https://keycloak.example.com/realms/acme/', 'https://keycloak.example.com/realms/acme'],
  ])('still recognizes a provider in the spelling %s', async (issuer, meant) => {
    const given = { audience: 'a' };
    expect(await faultOf(issuer, given)).toContain(
      `is almost ${meant}, and the function compares every character: run  npm run init -- ${meant}  or, if`,
    );
    expect(await faultOf(meant, given)).not.toContain('is almost');
    expect(presetsOf([issuer], 'other').map(({ name }) => name)).toEqual(['other']);
  });
  test('accepts a preset for an issuer over http during development', () => {
    const [preset] = presetsOf(['http://localhost:8080/realms/acme'], undefined);
    expect(preset?.name).toBe('keycloak');
  });
  test.each(['api://orders', 'AAAAAAAA-BBBB-cccc-dddd-eeeeeeeeeeee', 'https://api.example.com'])(
    'takes no audience that v2.0 tokens of Entra cannot have: %s',
    async (audience) => {
      const issuer = 'https://login.microsoftonline.com/11111111-2222-3333-4444-555555555555/v2.0';
      const given = { audience, claim: ['roles=Orders.Read'] };
      expect(await faultOf(issuer, given)).toBe(
        `--audience: v2.0 tokens never have ${audience} as "aud", but the application (client) ID of the API: 36 characters, in lower case.`,
      );
      expect(await faultOf(ENTRA_V1, given, 'entra-v1')).toBe('');
    },
  );
  test('accepts no issuer twice', () => {
    expect(() => presetsOf([ENTRA_V1, ENTRA_V1], undefined)).toThrow(/is given twice/);
  });
  test('rejects an issuer from which the keys of the preset cannot be derived', async () => {
    for (const [provider, like] of [
      ['entra-v1', 'https://sts.windows.net/'],
      ['spiffe', 'spiffe://example.org'],
    ] as const) {
      expect(await faultOf(ISSUER, { audience: 'a' }, provider)).toContain(`such as ${like}`);
    }
  });
  test('rejects a claim whose name JavaScript reserves', async () => {
    for (const name of ['__proto__', 'constructor']) {
      expect(await faultOf(ISSUER, { audience: 'a', claim: [`${name}=x`] })).toMatch(/^--claim \S+: /);
    }
  });
  test('makes one policy for several tenants, with its own provider', async () => {
    const issuers = ['1', '2'].map(
      (digit) => `https://login.microsoftonline.com/${digit.repeat(8)}-2222-3333-4444-555555555555/v2.0`,
    );
    const given = { audience: 'aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee', claim: ['roles=Orders.Read'] };
    const { decided, steps } = await runInit(place.file(), { issuers, given, offline: true });
    expect(decided).toMatchObject({ issuer: 'none', audience: undefined });
    expect(steps[1]?.commands[0]).toMatch(/ --issuer none$/);
  });
});

describe('the terminal', () => {
  function terminal() {
    const input = new PassThrough();
    const output = new PassThrough();
    let text = '';
    output.on('data', (chunk) => {
      text += chunk;
    });
    return { input, shown: () => text, ...createTerminal(input, output, plain) };
  }
  const question: Question = {
    flag: '--audience LIST',
    title: 'Audience',
    what: 'an \u001b[31mevil\u202e text',
    example: 'a',
    need: undefined,
    otherwise: undefined,
    asked: true,
    separator: 'commas',
    put: (answers) => answers,
  };

  test('returns the typed line, and shows nothing raw', async () => {
    const { input, ask, shown, close } = terminal();
    const answer = ask(question, 'is \u001b]0;bad', 'for none');
    input.write('hello\r');
    expect(await answer).toBe('hello');
    close();
    expect(shown()).toContain(
      'an \\u001b[31mevil\\u202e text\n  such as a; several are separated by commas; Enter for none\n',
    );
    expect(shown()).toContain('is \\u001b]0;bad');
  });
  test.each([
    ['Ctrl-C', '\u0003'],
    ['Ctrl-D', '\u0004'],
  ])('%s at a question, and at any later one, is an interruption', async (_name, key) => {
    const { input, ask, choose, interruption, throwIfInterrupted } = terminal();
    const answer = ask(question, undefined, undefined);
    input.write(key);
    await expect(answer).rejects.toThrow(Interrupted);
    await expect(choose('Which?', [['a', 'A']])).rejects.toThrow(Interrupted);
    await expect(interruption).rejects.toThrow(Interrupted);
    expect(throwIfInterrupted).toThrow(Interrupted);
  });
  test('accepts one of several by number or name, and nothing else', async () => {
    const { input, choose, close, shown } = terminal();
    const chosen = choose('Which?', [
      ['a', 'the first'],
      ['b', 'the second'],
    ]);
    input.write('3\r');
    input.write('2\r');
    expect(await chosen).toBe('b');
    close();
    expect(shown()).toContain('Type a number from 1 to 2, or one of the names.');
  });
});
