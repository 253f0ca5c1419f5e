import { execFileSync, spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readlinkSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { afterAll, beforeEach, describe, expect, test } from '@jest/globals';
import { CommandFailure } from '../../../tools/arguments.ts';
import { splitBash } from '../../../tools/explain/paste/shell-words.ts';
import { localStack } from '../../../tools/init/local-stack.ts';
import { policyText, writePolicyFile } from '../../../tools/init/policy-file.ts';
import { decide } from '../../../tools/init/policy-of.ts';
import { PRESETS } from '../../../tools/init/presets/presets.ts';
import { stepsOf } from '../../../tools/init/steps.ts';
import { tokenStep } from '../../../tools/init/token-command.ts';
import { DISCOVERY, folder, METADATA, runInit } from './init-world.ts';

let place = folder();
beforeEach(() => {
  place.remove();
  place = folder();
});
afterAll(() => place.remove());

/** Characters that a shell, curl's configuration or a form would take for something else. */
const SECRET = `s3"cr'e\\t $(id) %&+=@:`;
const CLIENT = 'client one';

/** Runs commands with a fake curl that prints its arguments and outputs a token. */
function runWithCurl(
  commands: readonly string[],
  variables: Readonly<Record<string, string>> = {},
  answer = '{\n "access_token" : "a.b.c", "value":"a.b.c"}',
) {
  const bin = place.file('bin');
  mkdirSync(bin, { recursive: true });
  const curl = `${bin}/curl`;
  writeFileSync(curl, `#!/bin/sh\nprintf '%s\\0' "$@" > "$0.args"\ncat > "$0.input"\nprintf %s "$ANSWER"\n`);
  chmodSync(curl, 0o755);
  const { stdout, stderr } = spawnSync(
    'bash',
    ['--norc', '-c', [...commands, 'printf %s "$TOKEN"'].join('\n')],
    {
      encoding: 'utf8',
      env: { PATH: `${bin}:${process.env.PATH}`, ANSWER: answer, ...variables },
    },
  );
  return {
    shown: stdout,
    complaint: stderr,
    args: readFileSync(`${curl}.args`, 'utf8').split('\0').slice(0, -1),
    input: readFileSync(`${curl}.input`, 'utf8'),
  };
}

describe('the command for a token', () => {
  const client = { CLIENT_ID: CLIENT, CLIENT_SECRET: SECRET };
  async function tokenCommands(change: object, scopes = 'a:read b') {
    const given = { audience: 'https://api.example.com', scopes };
    const { steps } = await runInit(
      place.file(),
      { given, force: true },
      { documents: { [DISCOVERY]: { ...METADATA, ...change } } },
    );
    return steps[2]?.commands ?? [];
  }

  test('sends ID and secret in Authorization, and keeps the secret out of process arguments', async () => {
    const { shown, args, input } = runWithCurl(await tokenCommands({}), client);
    const [, encoded = ''] = /^Authorization: Basic (\S+)$/.exec(input) ?? [];
    expect(Buffer.from(encoded, 'base64').toString()).toBe(`${CLIENT}:${SECRET}`);
    expect(args.join(' ')).not.toContain(SECRET);
    expect(args).toEqual(
      expect.arrayContaining(['grant_type=client_credentials', 'scope=a:read b', METADATA.token_endpoint]),
    );
    expect(shown).toBe('a.b.c');
  });
  test('sends them in the body if the issuer accepts them only there', async () => {
    const commands = await tokenCommands({
      token_endpoint_auth_methods_supported: ['private_key_jwt', 'client_secret_post'],
    });
    const { args, input } = runWithCurl(commands, client);
    expect(input).toBe(SECRET);
    expect(args).toEqual(expect.arrayContaining(['client_secret@-', `client_id=${CLIENT}`]));
    expect(args.join(' ')).not.toContain(SECRET);
  });
  test.each([
    '{"error":"invalid_client","error_description":"no such client"}',
    '{\n  "error": "invalid_client"\n}\n',
  ])('shows why there is no token: %j', async (answer) => {
    const { shown, complaint } = runWithCurl(await tokenCommands({}), client, answer);
    expect(complaint).toContain('invalid_client');
    expect(shown).toBe('');
  });
  test('shows neither the token nor any other in the response', async () => {
    const answer = '{\n  "access_token": "a.b.c",\n  "id_token": "d.e.f",\n  "refresh_token": "error"\n}';
    for (const text of [answer, answer.replaceAll('\n', '')]) {
      const { shown, complaint } = runWithCurl(await tokenCommands({}), client, text);
      expect({ shown, complaint }).toEqual({ shown: 'a.b.c', complaint: '' });
    }
  });
  test('calls one address, whatever curl would make of it', async () => {
    const change = { token_endpoint: `${METADATA.token_endpoint}/[1-3]?a={b,c}` };
    const { args } = runWithCurl(await tokenCommands(change), client);
    expect(args[0]).toMatch(/^-\w*g/);
  });
  test('does not exist if the issuer accepts no secret', async () => {
    expect(await tokenCommands({ token_endpoint_auth_methods_supported: ['private_key_jwt'] })).toEqual([]);
  });
  test('runs nothing that the issuer puts into the URL', async () => {
    const evil = `https://login.example.com/$(touch$IFS${place.file('pwned')})';touch ${place.file('pwned')};'`;
    const { args } = runWithCurl(await tokenCommands({ token_endpoint: evil }), client);
    expect(existsSync(place.file('pwned'))).toBe(false);
    expect(args.at(-1)).toMatch(/^https:\/\/login\.example\.com\//);
  });
  test.each(PRESETS.map((preset) => [preset.name, preset] as const))(
    'of %s is one that a shell can read',
    (_name, preset) => {
      const { commands } = tokenStep({ preset, answers: preset.example, metadata: undefined });
      for (const command of commands) expect(() => execFileSync('bash', ['-n', '-c', command])).not.toThrow();
      expect(commands.every((command) => command.startsWith('TOKEN=$('))).toBe(true);
    },
  );
  test('of GitHub Actions takes the token out of the response', () => {
    const preset = PRESETS.find(({ name }) => name === 'github-actions');
    if (preset === undefined) throw new Error('no such preset');
    const answers = { ...preset.example, audience: ["api'$(id)&x"] };
    const { shown, args, input } = runWithCurl(tokenStep({ preset, answers, metadata: undefined }).commands, {
      ACTIONS_ID_TOKEN_REQUEST_TOKEN: SECRET,
      ACTIONS_ID_TOKEN_REQUEST_URL: 'https://runner.example/?x=1',
    });
    expect({ shown, input }).toEqual({ shown: 'a.b.c', input: `Authorization: bearer ${SECRET}` });
    expect(args.at(-1)).toBe("https://runner.example/?x=1&audience=api'%24(id)%26x");
  });
});

describe('the other commands', () => {
  const hostile = "a b'c$(id)";

  test('quote each value as one word, and keep the token out of the arguments', async () => {
    const { steps } = await runInit(place.file(), {
      given: { audience: `${hostile},-x`, paths: '/v2/*' },
      path: '/Orders',
    });
    const [check, put, , call] = steps.map(({ commands }) => splitBash(commands[0] ?? ''));
    const words = (command: ReturnType<typeof splitBash> | undefined) => JSON.stringify(command);
    expect(words(check)).toContain(JSON.stringify(`${hostile},-x`));
    expect(words(check)).toMatch(/"--paths".*"\/v2\/\*".*"--strict".*"--probe"/);
    expect(words(put)).toMatch(/"policy".*"put".*"--jwks-uri".*"discover".*"--path".*"\/Orders"/);
    expect(call).toBeDefined();
    const { args, input } = runWithCurl(steps[3]?.commands ?? [], {
      TOKEN: 'a.b.c',
      URL: 'https://x.example',
    });
    expect(input).toBe('Authorization: Bearer a.b.c');
    expect(args).toEqual(['-ig', '-H', '@-', 'https://x.example/v2/anything']);
  });
  test('pass a value that begins with a hyphen as a value', async () => {
    const { steps } = await runInit(place.file(), { given: { audience: '-x' } });
    expect(steps[1]?.commands[0]).toContain(' --audience=-x ');
  });
  test.each([
    [undefined, ' --local'],
    [9000, ' --local --port 9000'],
  ])('name the laptop stack as other commands do, on port %s', async (port, options) => {
    const { steps } = await runInit(place.file(), { local: localStack(port) });
    expect(steps[1]?.commands[0]).toMatch(new RegExp(`${options}$`));
  });
  test('send the token in the header field that the provider adds', () => {
    const preset = PRESETS.find(({ name }) => name === 'iap');
    if (preset === undefined) throw new Error('no such preset');
    const answers = preset.example;
    const steps = stepsOf({
      ...{ file: 'policy.json', preset, answers, decided: decide(preset, answers), online: true },
      token: { title: '', commands: [] },
      destination: { path: undefined, local: undefined },
    });
    expect(steps[3]?.commands[0]).toMatch(
      /^printf 'x-goog-iap-jwt-assertion: %s' "\$TOKEN" \| curl -ig -H @- /,
    );
  });
});

describe('the file', () => {
  test('names the schema inside the repository, and nothing of this machine elsewhere', async () => {
    const run = await runInit(place.file());
    expect(run.written).not.toHaveProperty('$schema');
    const text = policyText(run.decided.policy, 'stages/policy.json');
    expect(text).toMatch(/^\{\n {2}"\$schema": "\.\.\/schema\/policy\.schema\.json",\n/);
  });
  test('that exists stays as it is, unless --force replaces it', async () => {
    writeFileSync(place.file(), '{}');
    await expect(runInit(place.file())).rejects.toThrow(CommandFailure);
    expect(readFileSync(place.file(), 'utf8')).toBe('{}');
    await runInit(place.file(), { force: true });
    expect(readFileSync(place.file(), 'utf8')).toContain('"unmatched": "deny"');
    expect(place.names()).toEqual(['policy.json']);
  });
  test('that somebody else creates meanwhile stays as it is, with nothing left beside it', () => {
    writeFileSync(place.file(), 'theirs');
    expect(() => writePolicyFile(place.file(), 'ours', false)).toThrow(
      /exists, and nothing has been written/,
    );
    expect(readFileSync(place.file(), 'utf8')).toBe('theirs');
    expect(place.names()).toEqual(['policy.json']);
  });
  test('that is a dangling link is not written through', async () => {
    symlinkSync(place.file('elsewhere'), place.file());
    expect(() => writePolicyFile(place.file(), 'ours', false)).toThrow(CommandFailure);
    await expect(runInit(place.file())).rejects.toThrow(/exists, and nothing has been written/);
    expect(place.names()).toEqual(['policy.json']);
  });
  test('behind a link is replaced, and the link stays', () => {
    writeFileSync(place.file('target.json'), 'old');
    symlinkSync('target.json', place.file());
    writePolicyFile(place.file(), 'ours', true);
    expect(readlinkSync(place.file())).toBe('target.json');
    expect(readFileSync(place.file('target.json'), 'utf8')).toBe('ours');
    expect(place.names()).toEqual(['policy.json', 'target.json']);
  });
  test('never replaces a pipe, a device or a folder, and the error does not suggest it', async () => {
    execFileSync('mkfifo', [place.file()]);
    mkdirSync(place.file('folder'));
    for (const file of [place.file(), place.file('folder'), `${place.file('folder')}/`]) {
      for (const force of [false, true]) {
        const error: unknown = await runInit(file, { force }).catch((reason: unknown) => reason);
        expect(error).toBeInstanceOf(CommandFailure);
        expect((error as Error).message).toMatch(/cannot be written: it is not a file\. .*--output\.$/);
      }
      expect(() => writePolicyFile(file, 'ours', true)).toThrow(CommandFailure);
    }
    expect(lstatSync(place.file()).isFIFO()).toBe(true);
    expect(place.names()).toEqual(['folder', 'policy.json']);
  });
  test.each([
    [
      'a folder that is not there',
      (file: string) => `${dirname(file)}/no/policy.json`,
      false,
      /its folder does not exist/,
    ],
    ['a folder', (file: string) => dirname(file), true, /cannot be written: .*--output/],
  ])('cannot replace %s, and the error says so', (_what, path, replace, message) => {
    expect(() => writePolicyFile(path(place.file()), 'ours', replace)).toThrow(message);
    expect(place.names()).toEqual([]);
  });
});
