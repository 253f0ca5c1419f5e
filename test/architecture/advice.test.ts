import { describe, expect, test } from '@jest/globals';
import { OPTIONS } from '../../infra/options/options.ts';
import { ENVIRONMENT } from '../../lambda/contract.ts';
import { parseEnvironment } from '../../lambda/io/environment.ts';
import { literalsIn } from './literals.ts';
import { sourcesUnder, textOf } from './sources.ts';

/**
 * A message that gives advice names only what its reader can set: a member of the policy, a parameter, an option of the
 * deployment, a flag of a tool. It never names what only the deployment sets, such as a function's environment.
 */

/** Names of other products that a message may use. */
const OF_OTHERS = new Set([
  // AWS
  'isBase64Encoded',
  'multiValueHeaders',
  'statusCode',
  'allowedPattern',
  // Entra ID
  'requestedAccessTokenVersion',
  // The menu of browsers
  'cURL',
  // OAuth, in a form
  'grant_type',
  'scope',
]);
const FLAGS_OF_OTHERS = new Set([
  // curl
  '--data-urlencode',
  // Google's CLI
  '--audiences',
  // The AWS CLI
  '--cli-input-json',
  '--function-name',
  '--name',
  '--no-sign-request',
  '--overwrite',
  '--query',
  '--signing-algorithm',
  '--stack-name',
  '--tier',
  '--type',
  '--value',
  // The CDK's CLI
  '--revert-drift',
  // npm
  '--omit',
  '--silent',
]);

/** Variables of the AWS SDK and of Node.js, which every tool respects. */
const OF_THE_ENVIRONMENT = /^(?:AWS_|NODE_EXTRA_CA_CERTS$)/;

/** Shell variables that a tool or one of its printed commands reads, by the file that mentions them. */
const VARIABLES: Readonly<Record<string, string>> = {
  ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'tools/init/presets/pipelines.ts',
  ACTIONS_ID_TOKEN_REQUEST_URL: 'tools/init/presets/pipelines.ts',
  CLIENT_ID: 'tools/init/token-command.ts',
  CLIENT_SECRET: 'tools/init/token-command.ts',
  CONFIG_PATH: 'tools/explain/arguments.ts',
  DEBUG: 'tools/arguments.ts',
  FORCE_COLOR: 'local/arguments.ts',
  NO_COLOR: 'local/arguments.ts',
};

/** Names of members anywhere in a schema. */
function membersOf(schema: unknown): string[] {
  if (typeof schema !== 'object' || schema === null) return [];
  return Object.entries(schema).flatMap(([name, value]) => [
    ...(name === 'properties' ? Object.keys(value as object) : []),
    ...membersOf(value),
  ]);
}

const MEMBERS = ['policy', 'revocations'].flatMap((name) =>
  membersOf(JSON.parse(textOf(`schema/${name}.schema.json`))),
);
const SETTABLE = new Set([...Object.keys(OPTIONS), ...MEMBERS]);

const SOURCES = ['lambda', 'tools', 'local'].flatMap(sourcesUnder);
const FLAGS = new Set([
  ...SOURCES.flatMap((path) =>
    [...textOf(path).matchAll(/(?<![\w'-])'?([a-z][a-z-]*)'?: \{ type: '(?:string|boolean)'/g)].map(
      ([, name]) => `--${name}`,
    ),
  ),
  '--help',
]);

/** Whether people read a literal: it has several words. */
const isMessage = (text: string): boolean => /[a-z"]\W? \S*[a-z]/.test(text);

/** The names in a message that no reader can set. */
function unsettable(text: string, path: string): string[] {
  const named = (pattern: RegExp) => [...text.matchAll(pattern)].map(([, name]) => String(name));
  const variables = named(/(?<![\w-])([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)\b/g).filter(
    (name) => !OF_THE_ENVIRONMENT.test(name) && VARIABLES[name] !== path,
  );
  const own = Object.values(ENVIRONMENT).filter(
    (name) => !name.includes('_') && new RegExp(`\\b${name}\\b`).test(text),
  );
  const flags = named(/(?<![\w-])(--[a-z][a-z-]*)/g).filter(
    (name) => !FLAGS.has(name) && !FLAGS_OF_OTHERS.has(name),
  );
  // A placeholder for any name is not a name.
  const switches = named(/(?<![\w.?&-])([A-Za-z]\w*)=(?:\w|\0)/g).filter((name) => name !== 'NAME');
  const camelCase = named(/(?<![\w/.:-])([a-z]+[A-Z][A-Za-z]*)\b(?!\()/g);
  const others = [...switches, ...camelCase].filter(
    (name) => !SETTABLE.has(name) && !OF_OTHERS.has(name) && VARIABLES[name] !== path,
  );
  return [...new Set([...variables, ...own, ...flags, ...others])];
}

test('no message names what its reader cannot set', () => {
  const found = SOURCES.flatMap((path) =>
    literalsIn(textOf(path))
      .filter(isMessage)
      .flatMap((text) => unsettable(text, path).map((name) => `${path}: ${name}: ${text}`)),
  );
  expect(found).toEqual([]);
});

describe('the check', () => {
  test.each([
    ['its keys must be fetched by the verifier, which has EGRESS=false', ['EGRESS']],
    ['the keeper is off (SNAPSHOT_URL is not set)', ['SNAPSHOT_URL']],
    ['the verifier has egress=false here', ['egress']],
    ['an endpoint takes allowHttp as well', ['allowHttp']],
    ['start it with --egress to have keys', ['--egress']],
  ])('%s', (text, names) => expect(unsettable(text, 'lambda/x.ts')).toEqual(names));
  test.each([
    'deploy it with functionEgress=false, or set "insecureHttp": true',
    'set AWS_REGION, or give --region',
    'put it with --tier Advanced',
  ])('and what not: %s', (text) => expect(unsettable(text, 'lambda/x.ts')).toEqual([]));
});

test('distinguishes a literal from comments, regular expressions and expressions in a template', () => {
  const source =
    "a('x y'); // 'no'\n/* 'no' */ b = /['\"]/; c(`1 $" +
    '{d ? `2 $' +
    "{'3'}` : '4'} 5`, \"it's\") / 2; '\\'6'";
  expect(literalsIn(source)).toEqual(['x y', '3', '2 \0', '4', '1 \0 5', "it's", "'6"]);
});

test('a bad variable is reported with the option that sets it', () => {
  for (const name of Object.values(ENVIRONMENT)) {
    expect(() => parseEnvironment({ [name]: '\n' })).toThrow(
      new RegExp(
        `^${name} must be .* \\(the deployment option (?:${Object.keys(OPTIONS).join('|')}) sets it\\): deploy again$`,
      ),
    );
  }
});
