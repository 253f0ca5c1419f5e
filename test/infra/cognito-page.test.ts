import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { contextOf } from './shapes.ts';
import { templateOf } from './synth.ts';

/** Prints like the AWS CLI: an output of the stack from the file of its name, or the client's secret. */
const AWS = `#!/bin/sh
case "$*" in
  *describe-user-pool-client*) echo s3cret ;;
  *) cat "$(dirname "$0")/$(echo "$*" | sed "s/.*OutputKey=='\\([A-Za-z]*\\)'.*/\\1/").output" ;;
esac`;

/** Responds like Cognito to the client with the right secret, and otherwise prints what it is given. */
const CURL = `#!/bin/sh
case "$*" in
  *:s3cret*/oauth2/token) echo '{"access_token":"eyJh.eyJz.c2ln","expires_in":3600,"token_type":"Bearer"}' ;;
  *) echo "$*" ;;
esac`;

/** The text of an output, with the name of each resource in place of what CloudFormation would put there. */
function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  const { Ref, 'Fn::Join': join } = value as { Ref?: string; 'Fn::Join'?: [string, unknown[]] };
  return Ref ?? join?.[1].map(textOf).join(join[0]) ?? 'attribute';
}

it('the commands of docs/shapes/cognito.md get a token and call the API with it', () => {
  const page = readFileSync('docs/shapes/cognito.md', 'utf8');
  const commands = /```sh\n(output\(\)[^`]*)```/.exec(page)?.[1] ?? 'exit 1';
  const directory = mkdtempSync(join(tmpdir(), 'cognito-page-'));
  try {
    const outputs = Object.entries(
      templateOf(contextOf('cognito')).toJSON().Outputs as Record<string, { Value: unknown }>,
    );
    for (const [key, { Value }] of outputs) writeFileSync(join(directory, `${key}.output`), textOf(Value));
    for (const [name, script] of Object.entries({ aws: AWS, curl: CURL })) {
      writeFileSync(join(directory, name), script);
      chmodSync(join(directory, name), 0o755);
    }
    const env = { ...process.env, PATH: `${directory}:${process.env.PATH}` };
    const printed = execFileSync('bash', ['-euc', commands], { env, encoding: 'utf8' });
    expect(printed).toMatch(/^-i -H Authorization: Bearer eyJh\.eyJz\.c2ln http:\/\/\S+\/api\/\n$/);
  } finally {
    rmSync(directory, { recursive: true });
  }
});
