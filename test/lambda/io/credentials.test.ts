import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from '@jest/globals';
import { createCredentials } from '../../../lambda/io/credentials.ts';
import { ClientError } from '../../../lambda/io/http-client.ts';
import { failureOf, fakeExchange, NOW, SECRETS } from '../../support/aws-responses.ts';

type Responses = Parameters<typeof fakeExchange>;

const MINUTE = 60_000;
const FULL = { AWS_CONTAINER_CREDENTIALS_FULL_URI: 'http://127.0.0.1:9001/credentials?x=1' };
const IN_ENVIRONMENT = { AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE', AWS_SECRET_ACCESS_KEY: SECRETS.secretAccessKey };

const document = (minutes: number, fields: object = {}) =>
  JSON.stringify({
    AccessKeyId: `ASIA${minutes}`,
    SecretAccessKey: SECRETS.secretAccessKey,
    Token: SECRETS.sessionToken,
    Expiration: new Date(NOW + minutes * MINUTE).toISOString(),
    ...fields,
  });
const expected = (minutes: number) => ({ accessKeyId: `ASIA${minutes}`, ...SECRETS });

function creating(variables: Record<string, string | undefined>, ...responses: Responses) {
  const clock = { now: NOW };
  const { exchange, sent } = fakeExchange(...responses);
  const credentials = createCredentials({ variables, now: () => clock.now, exchange });
  const fields = (index: number) => Object.fromEntries(sent[index]?.headers ?? []);
  return { credentials, clock, sent, fields };
}

describe('from the environment', () => {
  test('are read at each call', async () => {
    const variables: Record<string, string | undefined> = { ...IN_ENVIRONMENT, ...FULL };
    const { credentials, sent } = creating(variables);
    const { secretAccessKey } = SECRETS;
    expect(await credentials()).toEqual({ accessKeyId: 'AKIDEXAMPLE', secretAccessKey });
    Object.assign(variables, { AWS_ACCESS_KEY_ID: 'ASIANEW', AWS_SESSION_TOKEN: 'token' });
    expect(await credentials()).toEqual({ accessKeyId: 'ASIANEW', secretAccessKey, sessionToken: 'token' });
    variables.AWS_SESSION_TOKEN = '';
    expect(await credentials()).toEqual({ accessKeyId: 'ASIANEW', secretAccessKey });
    expect(sent).toEqual([]);
  });

  test.each([
    [{}],
    [{ AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE' }],
    [{ AWS_SECRET_ACCESS_KEY: SECRETS.secretAccessKey }],
    [{ ...IN_ENVIRONMENT, AWS_ACCESS_KEY_ID: '' }],
  ])('do not count if half of them is missing: %p', async (variables) => {
    const { message } = await failureOf(creating(variables).credentials());
    expect(message).toBe(
      'There are no credentials: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_CONTAINER_CREDENTIALS_FULL_URI',
    );
  });
});

describe('from the container', () => {
  test('are fetched with one request', async () => {
    const { credentials, sent, fields } = creating(FULL, { body: document(60) });
    expect(await credentials()).toEqual(expected(60));
    expect(sent).toHaveLength(1);
    expect(sent[0]).toMatchObject({ method: 'GET', target: '/credentials?x=1', newSocket: true });
    expect(sent[0]?.origin.origin).toBe('http://127.0.0.1:9001');
    expect(fields(0)).toEqual({ host: '127.0.0.1:9001', accept: 'application/json' });
  });

  test('are kept until five minutes before they expire', async () => {
    const { credentials, sent, clock } = creating(FULL, { body: document(60) }, { body: document(120) });
    await credentials();
    clock.now = NOW + 55 * MINUTE - 1;
    expect(await credentials()).toEqual(expected(60));
    expect(sent).toHaveLength(1);
    clock.now += 1;
    expect(await credentials()).toEqual(expected(120));
    expect(await credentials()).toEqual(expected(120));
    expect(sent).toHaveLength(2);
  });

  test('are fetched only once at a time', async () => {
    const { credentials, sent } = creating(FULL, { body: document(60) });
    const all = await Promise.all([credentials(), credentials(), credentials()]);
    expect(all).toEqual(Array(3).fill(expected(60)));
    expect(sent).toHaveLength(1);
  });

  test('a failed fetch affects only those who waited for it, and the next call makes another', async () => {
    const { credentials, sent } = creating(FULL, { status: 500 }, { body: document(60) });
    const [first, second] = [credentials(), credentials()];
    await expect(first).rejects.toThrow('status 500');
    await expect(second).rejects.toThrow('status 500');
    expect(await credentials()).toEqual(expected(60));
    expect(sent).toHaveLength(2);
  });

  test('the current ones are used to their end if no others are available', async () => {
    const { credentials, clock } = creating(FULL, { body: document(60) }, { status: 500 });
    await credentials();
    clock.now = NOW + 60 * MINUTE - 1;
    expect(await credentials()).toEqual(expected(60));
    clock.now += 1;
    await expect(credentials()).rejects.toThrow('status 500');
  });

  test('expired ones are an error', async () => {
    const { credentials } = creating(FULL, { body: document(0) });
    await expect(credentials()).rejects.toThrow(
      'The credentials endpoint at 127.0.0.1:9001 sent credentials that have expired',
    );
  });

  test('those of the environment take precedence', async () => {
    const variables = { ...FULL, ...IN_ENVIRONMENT };
    const { credentials, sent } = creating(variables, { body: document(60) });
    expect((await credentials()).accessKeyId).toBe('AKIDEXAMPLE');
    expect(sent).toEqual([]);
  });

  test('a path belongs to ECS, and takes precedence over a URL', async () => {
    const variables = { ...FULL, AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: '/v2/credentials/id' };
    const { credentials, sent } = creating(variables, { body: document(60) });
    await credentials();
    expect(sent[0]).toMatchObject({ target: '/v2/credentials/id' });
    expect(sent[0]?.origin.origin).toBe('http://169.254.170.2');
  });
});

describe('the URL of the container’s endpoint', () => {
  const called = async (name: string, value: string) => {
    const { credentials, sent } = creating({ [name]: value }, { body: document(60) });
    const message = await credentials().then(
      () => 'called',
      (error: Error) => error.message,
    );
    expect(sent).toHaveLength(message === 'called' ? 1 : 0);
    return message;
  };

  test.each([
    'https://credentials.example/x',
    'https://10.0.0.1/x',
    'http://localhost:80/x',
    'http://127.0.0.1/x',
    'http://127.255.0.3:1/x',
    'http://[::1]/x',
    'http://[0000:0000:0000:0000:0000:0000:0000:0001]/x',
    'http://169.254.170.2/x',
    'http://169.254.170.23/v1/credentials',
    'http://[fd00:ec2::23]/v1/credentials',
  ])('may be %s', async (url) => {
    expect(await called('AWS_CONTAINER_CREDENTIALS_FULL_URI', url)).toBe('called');
  });

  test.each([
    'http://credentials.example/x',
    'http://10.0.0.1/x',
    'http://169.254.169.254/latest/meta-data/',
    'http://169.254.170.2.example/x',
    'http://localhost.example/x',
    'http://127.0.0.1.example/x',
    'http://[::2]/x',
    'http://[fd00:ec2::254]/x',
    'ftp://127.0.0.1/x',
    'file:///etc/passwd',
  ])('may not be %s', async (url) => {
    expect(await called('AWS_CONTAINER_CREDENTIALS_FULL_URI', url)).toBe(
      'AWS_CONTAINER_CREDENTIALS_FULL_URI must be an https URL (http is for loopback and the addresses of ECS and EKS)',
    );
  });

  test.each([
    ['AWS_CONTAINER_CREDENTIALS_FULL_URI', 'credentials', 'must be a URL'],
    ['AWS_CONTAINER_CREDENTIALS_RELATIVE_URI', '.evil.example/x', 'must be a path'],
    ['AWS_CONTAINER_CREDENTIALS_RELATIVE_URI', '@evil.example/x', 'must be a path'],
    ['AWS_CONTAINER_CREDENTIALS_RELATIVE_URI', ':8080/x', 'must be a path'],
    ['AWS_CONTAINER_CREDENTIALS_RELATIVE_URI', ':x', 'must be a path'],
  ])('is an error where %s is %s', async (name, value, problem) => {
    expect(await called(name, value)).toBe(`${name} ${problem}`);
  });
});

describe('the authorization token', () => {
  let directory: string | undefined;
  afterEach(async () => {
    if (directory !== undefined) await rm(directory, { recursive: true });
    directory = undefined;
  });
  async function fileOf(text: string): Promise<string> {
    directory ??= await mkdtemp(join(tmpdir(), 'token-'));
    const file = join(directory, 'token');
    await writeFile(file, text);
    return file;
  }

  test('comes from a variable', async () => {
    const variables = { ...FULL, AWS_CONTAINER_AUTHORIZATION_TOKEN: 'Basic abc=' };
    const { credentials, fields } = creating(variables, { body: document(60) });
    await credentials();
    expect(fields(0)).toMatchObject({ authorization: 'Basic abc=' });
  });

  test('comes from a file, which takes precedence and is read for each fetch', async () => {
    const variables = {
      ...FULL,
      AWS_CONTAINER_AUTHORIZATION_TOKEN: 'variable',
      AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: await fileOf('first'),
    };
    const { credentials, fields } = creating(variables, { body: document(5) });
    await credentials();
    await fileOf('second');
    await credentials();
    expect([fields(0).authorization, fields(1).authorization]).toEqual(['first', 'second']);
  });

  test.each(['secret\r\nhost: evil', 'secret\n', 'sécret', 'secret\0'])(
    'is not sent if it is not a header value: %j',
    async (token) => {
      const fromVariable = creating({ ...FULL, AWS_CONTAINER_AUTHORIZATION_TOKEN: token });
      expect((await failureOf(fromVariable.credentials())).message).toBe(
        'AWS_CONTAINER_AUTHORIZATION_TOKEN does not hold a valid header value',
      );
      const fromFile = creating({ ...FULL, AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: await fileOf(token) });
      expect((await failureOf(fromFile.credentials())).message).toBe(
        'AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE does not hold a valid header value',
      );
      expect([...fromVariable.sent, ...fromFile.sent]).toEqual([]);
    },
  );

  test('is an error if its file cannot be read', async () => {
    const variables = { ...FULL, AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: '/nowhere/token' };
    expect((await failureOf(creating(variables).credentials())).message).toBe(
      'AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE names a file that cannot be read (ENOENT)',
    );
  });
});

describe('an error says what is wrong, and contains nothing that was sent', () => {
  const place = 'The credentials endpoint at 127.0.0.1:9001';
  const secret = SECRETS.secretAccessKey;
  test.each<[string, Responses[0], string]>([
    ['no JSON', { body: secret }, `${place} sent no valid credentials (see the document)`],
    [
      'JSON that is cut off',
      { body: document(60).slice(0, -1) },
      `${place} sent no valid credentials (see the document)`,
    ],
    [
      'a list',
      { body: '[]' },
      `${place} sent no valid credentials (see AccessKeyId, SecretAccessKey, Token, Expiration)`,
    ],
    [
      'a secret in the wrong place',
      { body: document(60, { Expiration: secret, Token: { secret } }) },
      `${place} sent no valid credentials (see Token, Expiration)`,
    ],
    [
      'no expiration',
      { body: document(60, { Expiration: undefined }) },
      `${place} sent no valid credentials (see Expiration)`,
    ],
    [
      'empty fields',
      { body: document(60, { AccessKeyId: '', Token: '' }) },
      `${place} sent no valid credentials (see AccessKeyId, Token)`,
    ],
    ['a rejection', { status: 403, body: secret }, `${place} responded with status 403`],
    [
      'a redirect',
      { status: 302, headers: { location: `http://evil.example/${secret}` } },
      `${place} responded with status 302`,
    ],
    [
      'silence',
      new ClientError('timeout', 'no complete response within 1000 ms'),
      `${place}: no complete response within 1000 ms`,
    ],
  ])('%s', async (_, response, message) => {
    const variables = { ...FULL, AWS_CONTAINER_AUTHORIZATION_TOKEN: SECRETS.sessionToken };
    const error = await failureOf(creating(variables, response).credentials());
    expect(error.message).toBe(message);
    expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toMatch(/wJalr|AQoD/);
  });
});
