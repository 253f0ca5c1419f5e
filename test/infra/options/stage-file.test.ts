import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { Token } from 'aws-cdk-lib';
import fc from 'fast-check';
import { membersOf } from '../../../infra/options/json-members.ts';
import { stageSchema } from '../../../infra/options/option-schema.ts';
import { OPTIONS, type OptionName } from '../../../infra/options/options.ts';
import { parseOptions } from '../../../infra/options/parse-options.ts';
import { parseValue } from '../../../infra/options/parse-value.ts';
import { readNamedStage, readStage } from '../../../infra/options/stage-file.ts';
import { CERTIFICATE, contextOf, SHAPE_NAMES } from '../shapes.ts';

const validate = new Ajv2020({ strict: true, allowUnionTypes: true }).compile(stageSchema());

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'stages-'));
});
afterAll(() => rmSync(directory, { recursive: true }));

function stageOf(text: string, name = 'live') {
  writeFileSync(join(directory, `${name}.json`), text);
  const read = readStage(name, directory);
  if (read.kind === 'invalid') throw new Error(read.problems.join('\n'));
  return read.stage;
}

function problemsOf(text: string, context: Record<string, unknown> = {}): readonly string[] {
  const parsed = parseOptions(context, {}, stageOf(text));
  return parsed.kind === 'invalid'
    ? parsed.problems.map((problem) => problem.replaceAll(`${directory}/`, ''))
    : [];
}

/** CDK keeps a range of numbers for values that only the deploy knows, and the options of constructs may be such values. */
function isPlain(given: unknown): boolean {
  if (typeof given === 'object' && given !== null) return Object.values(given).every(isPlain);
  return !Token.isUnresolved(given);
}

describe("a stage's file", () => {
  it("has options as JSON's own types or as text", () => {
    const parsed = parseOptions(
      {},
      {},
      stageOf(
        JSON.stringify({
          $schema: '../schema/stage.schema.json',
          internal: true,
          memorySize: 1024,
          allowedLogRate: 0.05,
          paths: ['/api/*', '/v2/*'],
          hosts: 'a.example.com,b.example.com',
          timeoutSeconds: '20',
        }),
      ),
    );
    expect(parsed).toMatchObject({
      kind: 'ok',
      warnings: [],
      options: {
        internal: true,
        memorySize: 1024,
        allowedLogRate: 0.05,
        paths: ['/api/*', '/v2/*'],
        hosts: ['a.example.com', 'b.example.com'],
        timeoutSeconds: 20,
      },
    });
  });

  it.each(SHAPE_NAMES)('gives the same options of %s as the command line', (name) => {
    const context = contextOf(name);
    const byContext = parseOptions(context, {});
    expect(parseOptions({}, {}, stageOf(JSON.stringify(context)))).toEqual(byContext);
    const native = Object.fromEntries(
      Object.entries(context).map(([option, text]) => [option, nativeOf(option as OptionName, text)]),
    );
    expect(parseOptions({}, {}, stageOf(JSON.stringify(native)))).toEqual(byContext);
    expect([validate(context), validate(native), validate.errors]).toEqual([true, true, null]);
  });

  it('reports all its problems at once, each with its line', () => {
    const text = `{
  "memroySize": 512,
  "internal": "yes", "paths": ["/a,/b"],
  "nested": { "memorySize": 1 },

  "logLevel": 5,
  "stackName": null,
  "demoApi": "http",
  "hosts": [],
  "stage": "other"
}`;
    expect(problemsOf(text)).toEqual([
      'live.json:2: memroySize is not an option; did you mean memorySize?',
      'live.json:3: internal must be true or false; it is "yes"',
      expect.stringMatching(/^live\.json:3: paths must be paths such as .*; it is \["\/a,\/b"\]$/),
      'live.json:4: nested is not an option; docs/options.md lists them',
      'live.json:6: logLevel must be one of DEBUG, INFO, WARN, ERROR, CRITICAL, SILENT; it is 5',
      'live.json:7: stackName must be a string in quotes; it is null',
      expect.stringMatching(/^live\.json:9: hosts must be host names such as .*; it is \[\]$/),
      'live.json:10: stage is for the command line only; a stage cannot name another',
      'live.json:8: demoApi needs authorizer',
    ]);
  });

  it('is overridden by the command line, with a warning that shows both values', () => {
    const stage = stageOf('{ "memorySize": 512, "paths": ["/api/*", "/v2/*"], "internal": true }');
    const context = { memorySize: '1024', paths: '/api/*,/v2/*', tracing: 'true', stage: 'live' };
    const parsed = parseOptions(context, {}, stage);
    expect(parsed).toMatchObject({
      kind: 'ok',
      options: { memorySize: 1024, internal: true, tracing: true },
    });
    const file = join(directory, 'live.json');
    expect('warnings' in parsed && parsed.warnings).toEqual([
      `memorySize is "1024" in the context (-c or cdk.json), but ${file} has 512. A deploy with only the stage changes it back; put it in the file.`,
      `tracing is "true" in the context (-c or cdk.json), but ${file} does not set it (default: false). A deploy with only the stage changes it back; put it in the file.`,
    ]);
  });

  it.each<[string, unknown, unknown]>([
    ['memorySize', 512, '0512'],
    ['internal', false, 'false'],
    ['nativeClaims', [{ name: 'a', format: 'single-string', values: ['b'] }], undefined],
    ['paths', undefined, '/api/*'],
    ['timeoutSeconds', undefined, '30'],
  ])('causes no warning for %s, which is the same in the context', (name, there, given) => {
    const native = {
      nativePreFilter: true,
      certificateArn: CERTIFICATE,
      nativeIssuer: 'https://issuer.example.com',
      nativeJwksUri: 'https://issuer.example.com/jwks',
      nativeAudience: 'api',
    };
    const stage = stageOf(JSON.stringify({ ...native, ...(there === undefined ? {} : { [name]: there }) }));
    const parsed = parseOptions({ [name]: given ?? JSON.stringify(there) }, {}, stage);
    expect(parsed).toMatchObject({ kind: 'ok', warnings: [] });
  });

  it('is limited to a size at which finding every line is fast', () => {
    const long = Array.from({ length: 9000 }, (_, index) => `"m${index}": 1`).join(',\n');
    expect(() => stageOf(`{${long}}`)).toThrow(
      /live\.json: has \d+ characters; a stage may have at most 100000$/,
    );
  });

  it('may have any value for any option, and reports only the problem of that option', () => {
    const names = Object.keys(OPTIONS).filter((name) => name !== 'stage');
    fc.assert(
      fc.property(fc.constantFrom(...names), fc.jsonValue().filter(isPlain), (name, given) => {
        const { parse } = OPTIONS[name as OptionName] as { parse: Parameters<typeof parseValue>[0] };
        const wrong = 'expected' in parseValue(parse, given);
        const problems = problemsOf(JSON.stringify({ [name]: given }));
        if (wrong) expect(problems[0]).toMatch(new RegExp(`^live\\.json:1: ${name} must be `));
      }),
      { numRuns: 2000 },
    );
  });

  it.each<[string, unknown]>([
    ['nativeClaims', {}],
    ['nativeClaims', 5],
    ['paths', { toString: 1, valueOf: 1 }],
    ['rulePriority', 60_000],
  ])('whose %s is %j has one problem', (name, given) => {
    expect(problemsOf(JSON.stringify({ [name]: given }))).toHaveLength(1);
  });

  it('may name an option only once', () => {
    expect(() => stageOf('{\n "internal": true,\n "internal": false }')).toThrow(
      'live.json:3: internal appears a second time; remove one',
    );
  });

  it.each([
    ['[]', 'must be an object whose members are options'],
    ['null', 'must be an object whose members are options'],
    ['{', 'live.json:1:2: is not JSON: unexpected end of the text'],
    ['{\n  "a": 1,\n}', 'live.json:3:1: is not JSON: unexpected "}"; is there a comma too many?'],
    ['{ // a\n }', 'live.json:1:3: is not JSON: unexpected "/"; JSON has no comments'],
    ['{ "a": \u001b[2Jhunter2 }', 'live.json:1:8: is not JSON: unexpected U+001B'],
    ['', 'live.json:1:1: is not JSON: unexpected end of the text'],
    ['['.repeat(50_000), 'live.json: is nested too deeply'],
  ])('that is %s is rejected with that reason', (text, problem) => {
    expect(() => stageOf(text)).toThrow(problem);
  });

  it('may begin with a byte order mark, and end its lines as Windows does', () => {
    expect(problemsOf('\uFEFF{\r\n "internal": true,\r\n "nope": 1\r\n}')).toEqual([
      'live.json:3: nope is not an option; docs/options.md lists them',
    ]);
  });

  it.each(['__proto__', 'constructor', 'toString'])('has no option %s', (name) => {
    expect(problemsOf(`{ ${JSON.stringify(name)}: { "internal": true } }`)).toEqual([
      `live.json:1: ${name} is not an option; docs/options.md lists them`,
    ]);
  });

  it('that is missing is reported with the stages that exist', () => {
    stageOf('{}', 'production');
    expect(readStage('prodution', directory)).toEqual({
      kind: 'invalid',
      problems: [
        `stage: ${join(directory, 'prodution.json')} cannot be read (ENOENT); did you mean production?`,
      ],
    });
    mkdirSync(join(directory, 'folder.json'));
    expect(readStage('folder', directory)).toMatchObject({
      problems: [
        expect.stringMatching(/folder\.json cannot be read \(EISDIR\); the stages are live, production$/),
      ],
    });
    expect(readStage('live', join(directory, 'none'))).toMatchObject({
      problems: [expect.stringContaining('there is no folder')],
    });
  });

  it.each(['../live', 'a/b', '.hidden', '', ['live']])('cannot have the name %j', (name) => {
    expect(readNamedStage(name)).toMatchObject({
      kind: 'invalid',
      problems: [
        expect.stringMatching(/^stage must be the name of a file in stages\/, without \.json; it is /),
      ],
    });
    expect(readNamedStage(undefined)).toBeUndefined();
  });

  it.each(readdirSync('stages'))('%s, which is in the repository, is well-formed', (file) => {
    const read = readStage(file.replace('.json', ''));
    expect(read).toMatchObject({ kind: 'ok' });
    expect(read.kind === 'ok' && parseOptions({}, {}, read.stage)).toMatchObject({
      kind: 'ok',
      warnings: [],
    });
    const document: unknown = JSON.parse(readFileSync(join('stages', file), 'utf8'));
    expect([validate(document), document]).toEqual([
      true,
      expect.objectContaining({ $schema: '../schema/stage.schema.json' }),
    ]);
  });
});

/** The JSON value that an option's text would be. */
function nativeOf(option: OptionName, text: string): unknown {
  const { schema } = OPTIONS[option].parse;
  if (schema.anyOf !== undefined) return text.split(',');
  if (schema.enum?.includes(true)) return text === 'true';
  const isNumber = /^(\d+\.)?\d+$/.test(text) && schema.type !== 'string' && !schema.enum?.includes(text);
  return isNumber ? Number(text) : text;
}

describe('the schema', () => {
  const names = Object.keys(OPTIONS).filter((name) => name !== 'stage') as OptionName[];
  const texts = SHAPE_NAMES.flatMap((name) => Object.values(contextOf(name)));
  const value = fc.oneof(
    fc.constantFrom<unknown>(...texts, ...texts.map((text) => text.split(','))),
    fc.constantFrom<unknown>('INFO', 'http', 'simple', '/*', 'redirect', 7, '7', 1, 0.5, '0.5', 365, 50_000),
    fc.jsonValue(),
  );

  it('accepts whatever the app accepts', () => {
    let taken = 0;
    fc.assert(
      fc.property(fc.constantFrom(...names), value, (name, given) => {
        const parse = OPTIONS[name].parse as Parameters<typeof parseValue>[0];
        if ('expected' in parseValue(parse, given)) return;
        taken += 1;
        expect([name, given, validate({ [name]: given })]).toEqual([name, given, true]);
      }),
      { numRuns: 5000, seed: 1 },
    );
    expect(taken).toBeGreaterThan(200);
  });

  it.each<[string, unknown]>([
    ['memorySize', 1],
    ['internal', 'yes'],
    ['logLevel', 'info'],
    ['paths', ['api']],
    ['paths', []],
    ['paths', ['/a', '/a']],
    ['certificateArn', 'certificate'],
    ['memroySize', 512],
    ['stage', 'live'],
  ])('rejects the value of %s that is %j, as the app does', (name, given) => {
    expect(validate({ [name]: given })).toBe(false);
    expect(problemsOf(JSON.stringify({ [name]: given }))).toHaveLength(1);
  });
});

it('finds the members of an object whatever their values contain', () => {
  const key = fc.string();
  fc.assert(
    fc.property(fc.uniqueArray(fc.tuple(key, fc.jsonValue()), { selector: ([name]) => name }), (entries) => {
      const lines = entries.map(([name, member]) => `${JSON.stringify(name)}: ${JSON.stringify(member)}`);
      expect(membersOf(`{\n${lines.join(',\n')}\n}`)).toEqual(
        entries.map(([name], index) => ({ name, line: index + 2 })),
      );
    }),
  );
});
