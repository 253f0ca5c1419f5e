import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { pack } from '../../../../lambda/core/config/pack.ts';
import { parseJson } from '../../../../lambda/core/config/parse-json.ts';
import { PolicySchema } from '../../../../lambda/core/config/policy-schema.ts';
import { RevocationsSchema } from '../../../../lambda/core/config/revocations-schema.ts';

const problemsIn = (result: object): readonly string[] =>
  'problems' in result ? (result.problems as string[]) : [];
const ofPolicy = (text: string) => problemsIn(parseJson(PolicySchema, text));
const ofRevocations = (text: string) => problemsIn(parseJson(RevocationsSchema, text));

describe('a duplicate member is a problem that names its place', () => {
  test.each([
    ['{"mode":"enforce","mode":"report-only"}', 'mode'],
    ['{"routes":[{"path":"/api/a"}],"routes":[]}', 'routes'],
    ['{"routes":[{"path":"/api/a","path":"/api/b"}]}', 'routes.0.path'],
    ['{"routes":[{"path":"/a","claims":{"t":{"equals":1},"t":{"exists":true}}}]}', 'routes.0.claims.t'],
    ['{"routes":[{"path":"/a","claims":{"t":{"equals":1,"\\u0065quals":2}}}]}', 'routes.0.claims.t.equals'],
    [
      '{"providers":{"p":{"type":"jwks","issuer":"https://p.example","audience":"a","jwks":{"keys":[{"kid":"a","kid":"b"}]}}}}',
      'providers.p.jwks.keys.0.kid',
    ],
  ])('policy %s', (text, place) => {
    const problem = `${place}: appears more than once; keep one`;
    expect(ofPolicy(text)).toEqual([problem]);
    expect(ofPolicy(pack(text))).toEqual([problem]);
  });
  test.each([
    ['{"https://i.example":{"jti":["1"]},"https://i.example":{"sub":["x"]}}', 'https://i.example'],
    ['{"https://i.example":{"jti":["1"],"jti":[]}}', 'https://i.example.jti'],
  ])('revocations %s', (text, place) => {
    expect(ofRevocations(text)).toEqual([`${place}: appears more than once; keep one`]);
  });
  test('wherever it is, and whatever is around it', () => {
    const name = fc.string({ minLength: 1, maxLength: 4 }).filter((text) => !['__proto__'].includes(text));
    const document = fc.dictionary(name, fc.json({ maxDepth: 2 }), { minKeys: 1, maxKeys: 5 });
    fc.assert(
      fc.property(document, fc.nat(), (members, pick) => {
        const entries = Object.entries(members).map(([key, json]) => `${JSON.stringify(key)}:${json}`);
        const twice = entries[pick % entries.length] ?? '';
        const text = `{"jwks":{"keys":[],"x":{${[...entries, twice].join(',')}}},"type":"jwks"}`;
        const problems = ofPolicy(`{"providers":{"p":${text}}}`);
        expect(problems.some((problem) => problem.includes('appears more than once'))).toBe(true);
      }),
    );
  });
});

describe('a value of the wrong kind is a problem, and the message says in words what is expected', () => {
  test.each([
    ['{"mode":"enforced"}', 'mode: must be "enforce" or "report-only"; did you mean "enforce"?'],
    ['{"mode":"audit"}', 'mode: must be "enforce" or "report-only"'],
    ['{"rutes":[]}', 'rutes: is not a known field; did you mean "routes"?'],
    ['{"toString":1}', 'toString: is not a known field'],
    ['{"preserveHost":"true"}', 'preserveHost: must be true or false'],
    [
      '{"publicOrigins":"https://app.example.com"}',
      'publicOrigins: must be a list, such as ["https://app.example.com"]',
    ],
    ['{"publicOrigins":[]}', 'publicOrigins: must have at least 1 entry'],
    ['{"publicOrigins":[""]}', 'publicOrigins.0: must not be empty'],
    ['{"publicOrigins":[1]}', 'publicOrigins.0: must be a string'],
    ['{"firstByteTimeoutSeconds":"9"}', 'firstByteTimeoutSeconds: must be a whole number from 1 to 900'],
    ['{"firstByteTimeoutSeconds":1.5}', 'firstByteTimeoutSeconds: must be a whole number from 1 to 900'],
    ['{"firstByteTimeoutSeconds":0}', 'firstByteTimeoutSeconds: must be a whole number from 1 to 900'],
    ['{"firstByteTimeoutSeconds":-1.5}', 'firstByteTimeoutSeconds: must be a whole number from 1 to 900'],
    ['{"routes":[{"path":"/a","methods":"POST"}]}', 'routes.0.methods: must be a list, such as ["POST"]'],
    ['{"firstByteTimeoutSeconds":901}', 'firstByteTimeoutSeconds: must be a whole number from 1 to 900'],
    ['{"stripPrefix":"/LONG"}', 'stripPrefix: must have at most 128 characters'],
    [
      '{"routes":[{"path":"/a","claims":{"t":"a"}}]}',
      'routes.0.claims.t: must be a rule, such as {"equals":"a"}',
    ],
    [
      '{"routes":[{"path":"/a","claims":{"t":{"anyOf":"a"}}}]}',
      'routes.0.claims.t.anyOf: must be a list, such as ["admin"]',
    ],
    [
      '{"providers":{"a":{"type":"jwt"}}}',
      'providers.a.type: must be "jwks", "spiffe", "verified-access" or "alb-oidc"',
    ],
    [
      `{"providers":{"a":{"type":"jwks","tokenFrom":[${Array(9).fill('{"cookie":"a"}').join()}]}}}`,
      'providers.a.tokenFrom: must have at most 8 entries',
    ],
    [
      '{"providers":{"a":{"type":"jwks","tokenFrom":[{"cookie":"a b"}]}}}',
      'providers.a.tokenFrom.0.cookie: must be letters, digits and any of "!#$%&\'*+-.^_`|~", without spaces',
    ],
    ['{"providers":{"a":"https://a.example"}}', 'providers.a: must be an object'],
    [
      '{"providers":{"1st":{"type":"spiffe","trustDomain":"a","audience":"a"}}}',
      'providers.1st: its name must be at most 64 lower-case letters, digits and hyphens, the first of them a letter',
    ],
    [
      '{"basePaths":{"API.example.com":"/"}}',
      'basePaths.API.example.com: its name must be a domain in lower case, which may begin with *.',
    ],
    [
      '{"routes":[{"path":"/a","headers":{"tenant":"tenant"}}]}',
      'routes.0.headers.tenant: its name must begin with x-jwt- and have only lower-case letters, digits and hyphens',
    ],
    ['{"":1}', '"": is not a known field'],
    ['{"routes":[{"path":"/a","":1}]}', 'routes.0."": is not a known field'],
  ])('%s', (text, problem) => {
    expect(ofPolicy(text.replace('LONG', 'a'.repeat(128)))).toEqual([problem]);
  });
});

describe('a list in place of an object is a problem, even an empty one', () => {
  test.each([
    ['[]', 'must be an object, not a list'],
    ['{"routes":[[]]}', 'routes.0: must be an object, not a list'],
    ['{"routes":[{"path":"/api/a","claims":[]}]}', 'routes.0.claims: must be an object, not a list'],
    ['{"routes":[{"path":"/api/a","headers":[]}]}', 'routes.0.headers: must be an object, not a list'],
    ['{"routes":[{"path":"/api/a","claims":["t"]}]}', 'routes.0.claims: must be an object, not a list'],
    ['{"routes":[{"path":"/api/a","claims":{"t":[1]}}]}', 'routes.0.claims.t: must be an object, not a list'],
    ['{"routes":[{"path":"/api/a","headers":["x"]}]}', 'routes.0.headers: must be an object, not a list'],
    ['{"paths":["decode"]}', 'paths: must be an object, not a list'],
    ['{"providers":[]}', 'providers: must be an object, not a list'],
    ['{"providers":{"p":[]}}', 'providers.p: must be an object, not a list'],
    ['{"providers":[{"type":"jwks"}]}', 'providers: must be an object, not a list'],
    [
      '{"providers":{"default":{"type":"jwks","requiredClaims":[]}}}',
      'providers.default.requiredClaims: must be an object, not a list',
    ],
    [
      '{"providers":{"p":{"type":"jwks","issuer":"https://p.example","audience":"a","jwks":{"keys":[[]]}}}}',
      'providers.p.jwks.keys.0: must be an object, not a list',
    ],
  ])('policy %s: %s', (text, problem) => {
    expect(ofPolicy(text)).toEqual([problem]);
  });
  test.each([
    ['[]', 'must be an object, not a list'],
    ['{"https://i.example":[]}', 'https://i.example: must be an object, not a list'],
  ])('revocations %s: %s', (text, problem) => {
    expect(ofRevocations(text)).toEqual([problem]);
  });
});

describe('a number that is no longer exact is a problem', () => {
  const ruleOf = (rule: string) => `{"routes":[{"path":"/api/a","claims":{"tenant":${rule}}}]}`;

  test.each([
    ['{"equals":1234567890123456768}', 'routes.0.claims.tenant.equals'],
    ['{"equals":-9007199254740993}', 'routes.0.claims.tenant.equals'],
    ['{"anyOf":["a",9007199254740992]}', 'routes.0.claims.tenant.anyOf.1'],
    ['{"contains":1e400}', 'routes.0.claims.tenant.contains'],
  ])('%s', (rule, place) => {
    expect(ofPolicy(ruleOf(rule))).toEqual([
      `${place}: must be within 2^53, beyond which numbers in JSON are not exact; have the issuer send a string`,
    ]);
  });
  test.each(['{"equals":9007199254740991}', '{"anyOf":[-9007199254740991,0.5]}'])('but not %s', (rule) => {
    expect(ofPolicy(ruleOf(rule))).toEqual([]);
  });
});

test.each(['__proto__', 'constructor', 'prototype'])(
  'a member named %s is a problem at its place',
  (name) => {
    expect(ofPolicy(`{"routes":[{"path":"/api/a","claims":{"${name}":{"exists":true}}}]}`)).toEqual([
      `routes.0.claims: must not have a member named ${name}`,
    ]);
  },
);

test('no problem repeats a value', () => {
  const secret = 'hunter2';
  for (const text of [
    `{"mode":"${secret}"}`,
    `{"mode":"x","mode":"${secret}"}`,
    `{"routes":["${secret}"]}`,
  ]) {
    expect(ofPolicy(text).join()).not.toContain(secret);
    expect(ofPolicy(text)).not.toEqual([]);
  }
});

test('what is nested too deeply is a problem, not a crash', () => {
  const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
  expect(ofPolicy(`{"providers":{"p":${deep}}}`)).toEqual([
    expect.stringMatching(/^is (?:nested too deeply|not JSON)/),
  ]);
});

test('a text built to exhaust memory is judged without doing so', () => {
  const text = `{"${'a'.repeat(30_000)}":[${Array(20_000).fill(0).join()}],"mode":1,"mode":2}`;
  expect(ofPolicy(text)).toContain('mode: appears more than once; keep one');
});

test('a fraction in place of a whole number is reported as such', () => {
  expect(ofRevocations('{"https://i.example":{"issuedBefore":1790000000.5}}')).toEqual([
    'https://i.example.issuedBefore: must be a time in whole seconds since the epoch, such as 1790000000',
  ]);
});
