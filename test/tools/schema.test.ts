import { appendFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { parseConfig } from '../../lambda/core/config/parse.ts';
import { parseJson } from '../../lambda/core/config/parse-json.ts';
import { PolicySchema } from '../../lambda/core/config/policy-schema.ts';
import { RevocationsSchema } from '../../lambda/core/config/revocations-schema.ts';
import { generatedFiles } from '../../tools/generated-files.ts';
import { publishedSchemas } from '../../tools/json-schemas.ts';
import { temporaryDirectory } from '../support/local-stack-fixtures.ts';
import { policyDocuments, revocationsDocuments } from './policy-documents.ts';
import { ROOT, runTool } from './run-tool.ts';

const read = (name: string) => readFileSync(join(ROOT, name), 'utf8');
const [policy, revocations] = publishedSchemas().map(({ document }) => document);
const ajv = new Ajv2020({ strict: true });
const validate = {
  policy: ajv.compile(policy ?? {}),
  revocations: ajv.compile(revocations ?? {}),
};
const schemas = { policy: PolicySchema, revocations: RevocationsSchema };

type Name = keyof typeof schemas;
const verdicts = (name: Name, document: unknown) => ({
  schema: validate[name](document),
  code: 'value' in parseJson(schemas[name] as never, JSON.stringify(document)),
});
const blockOf = (markdown: string, name: Name): string =>
  new RegExp(`<!-- example: ${name} -->\n\`\`\`json\n([^]*?)\`\`\``).exec(markdown)?.[1] ?? '';

describe('the committed files match the code', () => {
  const files = generatedFiles(read);
  test.each([...files.keys()])('%s', (name) => {
    expect(read(name)).toBe(files.get(name));
  });
});

test('the published schemas name themselves and describe every member', () => {
  for (const document of [policy, revocations]) {
    expect(document).toMatchObject({
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      $id: expect.stringMatching(/^urn:alb-jwt-authorizer:(policy|revocations)$/),
      title: expect.any(String),
      description: expect.any(String),
    });
  }
  expect(policy?.additionalProperties).toBe(false);
  expect(policy?.properties?.routes?.items?.additionalProperties).toBe(false);
});

describe('the schema and the code agree', () => {
  test.each<[Name, boolean, unknown]>([
    ['policy', true, {}],
    ['policy', true, { $schema: './schema/policy.schema.json', mode: 'report-only' }],
    ['policy', false, { rutes: [] }],
    ['policy', false, null],
    ['policy', false, 'text'],
    ['policy', true, { routes: [{ path: '/api/*' }] }],
    ['policy', false, { routes: [{ path: '/api/*', scope: ['a'] }] }],
    ['policy', false, { routes: [{}] }],
    ['policy', false, { routes: [{ path: 'api' }] }],
    ['policy', false, { routes: [{ path: `/${'x'.repeat(128)}` }] }],
    ['policy', true, { routes: [{ path: '/', scopes: { any: ['a'] } }] }],
    ['policy', false, { routes: [{ path: '/', scopes: { any: ['a'], all: ['b'] } }] }],
    ['policy', false, { routes: [{ path: '/', scopes: [] }] }],
    ['policy', false, { routes: [{ path: '/', claims: { a: {} } }] }],
    ['policy', false, { routes: [{ path: '/', claims: { a: { equals: null } } }] }],
    ['policy', true, { routes: [{ path: '/', claims: { a: { equals: 0 } } }] }],
    ['policy', true, { routes: [{ path: '/', claims: { a: { allOf: ['b', 1], noneOf: [true] } } }] }],
    ['policy', false, { routes: [{ path: '/', claims: { a: { allOf: [] } } }] }],
    ['policy', false, { routes: [{ path: '/', claims: { a: { noneOf: 'b' } } }] }],
    ['policy', false, { routes: [{ path: '/', claims: { a: { noneOf: [2 ** 53] } } }] }],
    ['policy', false, { routes: [{ path: '/', claims: { a: { allOf: [-(2 ** 53)] } } }] }],
    ['policy', true, { resources: [{ resource: 'x', path: '/' }] }],
    ['policy', false, { resources: [{ resource: 'x' }] }],
    ['policy', false, { resources: [{ resource: 'x', path: '/', advertisedScopes: { 'a b': 'c' } }] }],
    ['policy', true, { routes: [{ path: '/', acr: 'a', maxAuthAgeSeconds: 1 }] }],
    ['policy', true, { routes: [{ path: '/', acr: ['a', 'b'] }] }],
    ['policy', false, { routes: [{ path: '/', acr: [] }] }],
    ['policy', true, { providers: { a: { type: 'jwks', audience: null } } }],
    ['policy', false, { providers: { A: { type: 'jwks' } } }],
    ['policy', false, { providers: { a: { type: 'jwks', instanceArn: 'x' } } }],
    ['policy', false, { providers: { a: { type: 'verified-access' } } }],
    ['policy', true, { providers: { a: { type: 'jwks', jwks: { keys: [{ kty: 'RSA', n: 'x' }] } } } }],
    ['policy', false, { providers: { a: { type: 'jwks', jwks: { keys: ['x'] } } } }],
    ['revocations', true, {}],
    ['revocations', true, { 'https://issuer.example': { jti: [], issuedBefore: 1_790_000_000 } }],
    ['revocations', false, { 'https://issuer.example': { issuedBefore: 1_790_000_000_000 } }],
    ['revocations', false, { 'https://issuer.example': { subject: ['x'] } }],
    ['revocations', false, { 'https://issuer.example': { jti: [''] } }],
    ['revocations', true, { 'https://issuer.example': { subIssuedBefore: { a: 0, 'b c': 1_790_000_000 } } }],
    ['revocations', true, { 'https://issuer.example': { subIssuedBefore: { toString: 1 } } }],
    ['revocations', false, { 'https://issuer.example': { subIssuedBefore: { a: 1_790_000_000_000 } } }],
    ['revocations', false, { 'https://issuer.example': { subIssuedBefore: { a: -1 } } }],
    ['revocations', false, { 'https://issuer.example': { subIssuedBefore: { a: 1.5 } } }],
    ['revocations', false, { 'https://issuer.example': { subIssuedBefore: { '': 1 } } }],
    ['revocations', false, { 'https://issuer.example': { subIssuedBefore: { ['x'.repeat(2049)]: 1 } } }],
    ['revocations', false, { 'https://issuer.example': { subIssuedBefore: [1] } }],
  ])('%s is accepted: %j is %j', (name, accepted, document) => {
    expect(verdicts(name, document)).toEqual({ schema: accepted, code: accepted });
  });

  test.each([1000, 1001])('on a policy of %i routes', (count) => {
    const accepted = count === 1000;
    const document = { routes: Array(count).fill({ path: '/' }) };
    expect(verdicts('policy', document)).toEqual({ schema: accepted, code: accepted });
  });
  test('on generated policies, good and bad', () => {
    const seen = { true: 0, false: 0 };
    fc.assert(
      fc.property(policyDocuments, (document) => {
        const { schema, code } = verdicts('policy', document);
        seen[`${schema}`] += 1;
        expect({ schema, document }).toEqual({ schema: code, document });
      }),
      { numRuns: 8000 },
    );
    expect(Math.min(seen.true, seen.false)).toBeGreaterThan(50);
  });
  test('on generated revocations, good and bad', () => {
    fc.assert(
      fc.property(revocationsDocuments, (document) => {
        const { schema, code } = verdicts('revocations', document);
        expect({ schema, document }).toEqual({ schema: code, document });
      }),
      { numRuns: 1000 },
    );
  });
});

describe('the examples of docs/policy.md', () => {
  const markdown = read('docs/policy.md');
  test.each<Name>(['policy', 'revocations'])('%s satisfies the schema', (name) => {
    expect(verdicts(name, JSON.parse(blockOf(markdown, name)))).toEqual({ schema: true, code: true });
  });
  test('together make a configuration, and use every field of a route', async () => {
    const parsed = await parseConfig(
      {
        issuer: 'https://issuer.example',
        audience: 'api',
        'jwks-uri': 'discover',
        upstream: 'whoami',
        policy: blockOf(markdown, 'policy'),
        revocations: blockOf(markdown, 'revocations'),
      },
      '1',
    );
    expect(parsed).toHaveProperty('config');
    const { routes } = JSON.parse(blockOf(markdown, 'policy')) as { routes: object[] };
    const used = new Set(routes.flatMap((route) => Object.keys(route)));
    expect([...used].sort()).toEqual(Object.keys(policy?.properties?.routes?.items?.properties ?? {}).sort());
  });
});

describe('npm run schema', () => {
  test('writes files that --check then accepts, until something changes', async () => {
    const directory = temporaryDirectory();
    try {
      expect((await runTool('schema', ['--check', '--out', directory.path])).status).toBe(1);
      const written = await runTool('schema', ['--out', directory.path]);
      expect(written).toMatchObject({ status: 0, stdout: expect.stringContaining('written') });
      expect((await runTool('schema', ['--check', '--out', directory.path])).status).toBe(0);
      appendFileSync(join(directory.path, 'schema/policy.schema.json'), '\n');
      const stale = await runTool('schema', ['--check', '--out', directory.path]);
      expect(stale).toMatchObject({
        status: 1,
        stderr: expect.stringContaining('policy.schema.json is stale'),
      });
    } finally {
      directory.remove();
    }
  });
  test('rejects an unknown option, and suggests a similar one', async () => {
    const { status, stderr } = await runTool('schema', ['--chek']);
    expect(status).toBe(2);
    expect(stderr).toContain('did you mean --check?');
  });
});
