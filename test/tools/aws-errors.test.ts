import type { ServerResponse } from 'node:http';
import { GetParametersCommand, SSMClient } from '@aws-sdk/client-ssm';
import { describe, expect, test } from '@jest/globals';
import { AwsFailure } from '../../tools/aws-call.ts';
import { type AwsCall, awsErrorAccount, endpointOf } from '../../tools/aws-errors.ts';
import { freePort } from '../support/free-port.ts';
import { startRawServer } from '../support/raw-server.ts';
import { startRecordingUpstream } from '../support/recording-upstream.ts';

const CREDENTIALS = { accessKeyId: 'local', secretAccessKey: 'local' };

/** The last line of a command. */
const awsErrorLine = (error: unknown, call: AwsCall): string =>
  new AwsFailure(awsErrorAccount(error, call), error).message;

/** A tool's wording of a call that fails in the real SDK. */
async function worded(
  settings: ConstructorParameters<typeof SSMClient>[0],
  call: Partial<AwsCall> = {},
  timeoutMs = 30_000,
): Promise<string> {
  const client = new SSMClient({
    maxAttempts: 1,
    region: 'eu-central-1',
    credentials: CREDENTIALS,
    ...settings,
  });
  const abortSignal = AbortSignal.timeout(timeoutMs);
  try {
    await client.send(new GetParametersCommand({ Names: ['/app/policy'] }), { abortSignal });
  } catch (error) {
    return awsErrorLine(error, {
      what: 'The parameters under /app',
      service: 'SSM',
      action: 'ssm:GetParameters',
      endpoint: undefined,
      profile: undefined,
      ...call,
    });
  }
  throw new Error('the call succeeded');
}

const at = (url: string): Partial<AwsCall> => ({ endpoint: { url, setting: '--endpoint-url' } });

/** The same for a response of a server. The server's origin is written as ORIGIN. */
async function messageFor(
  respond: (response: ServerResponse) => void,
  { scheme = 'http', timeoutMs }: { scheme?: string; timeoutMs?: number } = {},
): Promise<string> {
  const server = await startRecordingUpstream((_, response) => respond(response));
  const endpoint = server.origin.replace('http', scheme);
  try {
    return (await worded({ endpoint }, at(endpoint), timeoutMs)).replaceAll(endpoint, 'ORIGIN');
  } finally {
    await server.close();
  }
}

/** An error as SSM sends it. */
const errorResponse =
  (type: string, message: string, status = 400) =>
  (response: ServerResponse): void => {
    response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' });
    response.end(JSON.stringify({ __type: type, message }));
  };

const DENIED =
  'User: arn:aws:iam::111122223333:user/jo is not authorized to perform: ssm:GetParameters on resource: arn:aws:ssm:eu-central-1:111122223333:parameter/app/policy';

describe('an error of the service says what to do', () => {
  test.each<[string, string, string]>([
    [
      'AccessDeniedException',
      `${DENIED} because no identity-based policy allows the ssm:GetParameters action`,
      'access denied to ssm:GetParameters on arn:aws:ssm:eu-central-1:111122223333:parameter/app/policy. Allow it in a policy of arn:aws:iam::111122223333:user/jo',
    ],
    [
      'AccessDeniedException',
      `${DENIED} with an explicit deny in a service control policy`,
      'A policy denies it to arn:aws:iam::111122223333:user/jo explicitly',
    ],
    ['AccessDeniedException', 'no', 'access denied to ssm:GetParameters on the parameters under /app.'],
    [
      'ExpiredTokenException',
      'The security token included in the request is expired',
      'have expired. Log in',
    ],
    ['UnrecognizedClientException', 'The security token … is invalid.', 'AWS does not know the credentials'],
    ['InvalidSignatureException', 'Signature expired: a is now earlier than b', 'Set the clock'],
    ['InvalidSignatureException', 'The request signature we calculated', 'Check that AWS_SECRET_ACCESS_KEY'],
    ['ThrottlingException', 'Rate exceeded', 'too many calls. Try again in a moment'],
    ['ResourceNotFoundException', 'no', 'it does not exist. Check its name, --region and the account'],
    ['UnknownOperationException', '', 'what responds at ORIGIN is not SSM. Check --endpoint-url'],
    ['ValidationException', 'Bad.\nsecret', 'status 400, ValidationException: Bad. Check --region'],
  ])('%s: %s', async (type, message, line) => {
    const said = await messageFor(errorResponse(type, message));
    expect(said).toContain(line);
    expect(said).toMatch(/^The parameters under \/app could not be read: [^\n]*\.$/);
    expect(said).not.toContain('secret');
  });
  test('a fault of the service', async () => {
    expect(await messageFor(errorResponse('InternalServerError', 'oops', 503))).toContain(
      'status 503, InternalServerError: oops. The service is at fault: try again',
    );
    expect(await messageFor((response) => response.writeHead(500).end())).toContain('try again in a minute');
  });
});

describe('an endpoint that is not the service', () => {
  test.each<[string, (response: ServerResponse) => void, string]>([
    ['a page', (response) => response.end('<html>'), 'what responds at ORIGIN is not SSM'],
    ['404', (response) => response.writeHead(404).end('{}'), 'what responds at ORIGIN is not SSM'],
    ['a redirect', (response) => response.writeHead(302, { location: '/' }).end(), 'ORIGIN is not SSM'],
    ['a closed connection', (response) => response.socket?.destroy(), 'ORIGIN closes the connection without'],
  ])('%s', async (_, respond, line) => {
    const said = await messageFor(respond);
    expect(said).toContain(line);
    expect(said).toContain('Check --endpoint-url: npm start prints the address of SSM');
  });
  test('no response', async () => {
    expect(await messageFor(() => {}, { timeoutMs: 100 })).toContain('ORIGIN does not respond in time');
  });
  test('a plain HTTP port called with https', async () => {
    expect(await messageFor((response) => response.end(), { scheme: 'https' })).toContain(
      'ORIGIN does not speak TLS. Check --endpoint-url: it may have to begin with http://',
    );
  });
  test('a server of another protocol', async () => {
    const server = await startRawServer(({ write }) => write('SSH-2.0-x\r\n'));
    const endpoint = server.url.origin;
    expect(await worded({ endpoint }, at(endpoint))).toContain('is not SSM');
    await server.close();
  });
  test('a port where nothing listens', async () => {
    const endpoint = `http://127.0.0.1:${await freePort()}`;
    expect(await worded({ endpoint }, at(endpoint))).toContain(
      `nothing listens at ${endpoint}. Check --endpoint-url`,
    );
  });
});

test('an endpoint from the environment is named by its variable, without its password', async () => {
  const url = `http://jo:s3cret@127.0.0.1:${await freePort()}`;
  const endpoint = endpointOf(undefined, 'SSM', { AWS_ENDPOINT_URL_SSM: url });
  const said = await worded({ endpoint: url }, { endpoint });
  expect(said).toContain(
    `nothing listens at ${url.replace('jo:s3cret@', '')}. Check AWS_ENDPOINT_URL_SSM: npm start`,
  );
  const call = { what: 'The log', service: 'CloudWatch Logs', action: '', profile: undefined } as const;
  const none = endpointOf(undefined, 'CloudWatch Logs', {
    AWS_ENDPOINT_URL: 'nonsense',
    AWS_ENDPOINT_URL_CLOUDWATCH_LOGS: '',
  });
  expect(awsErrorLine(new TypeError('Invalid URL'), { ...call, endpoint: none })).toBe(
    'The log could not be read: the endpoint in AWS_ENDPOINT_URL is not a URL. Give a URL such as http://localhost:8082, or unset it.',
  );
});

describe('what the SDK finds out by itself', () => {
  const withoutRegion = () => Promise.reject(new Error('Region is missing'));
  const withoutCredentials = () =>
    Promise.reject(
      Object.assign(new Error('Could not load credentials from any providers'), {
        name: 'CredentialsProviderError',
      }),
    );
  const expired = () =>
    Promise.reject(
      Object.assign(
        new Error(
          'The SSO session associated with this profile has expired. To refresh this SSO session run aws sso login',
        ),
        { name: 'CredentialsProviderError' },
      ),
    );
  test.each<[string, ConstructorParameters<typeof SSMClient>[0], Partial<AwsCall>, string]>([
    ['no region', { region: withoutRegion }, {}, 'no region is set. Give --region, or set AWS_REGION.'],
    ['no name of a region', { region: 'x y' }, {}, 'Give --region a name such as eu-central-1'],
    ['no credentials', { credentials: withoutCredentials }, {}, 'there are no credentials. Log in (aws sso'],
    [
      'no such profile',
      { credentials: withoutCredentials },
      { profile: 'jo' },
      'there are no credentials for the profile jo. Check AWS_PROFILE',
    ],
    ['an SSO session that has expired', { credentials: expired }, {}, 'the credentials have expired. Log in'],
  ])('%s', async (_, settings, call, line) => {
    expect(await worded({ endpoint: 'http://127.0.0.1:1', ...settings }, call)).toContain(line);
  });
  test('a region that does not exist, whose endpoint no name server knows', () => {
    const error = Object.assign(new Error('getaddrinfo ENOTFOUND ssm.eu-nowhere-1.amazonaws.com'), {
      code: 'ENOTFOUND',
    });
    const call = {
      what: 'The log',
      service: 'SSM',
      action: '',
      endpoint: undefined,
      profile: undefined,
    } as const;
    expect(awsErrorLine(error, call)).toBe(
      'The log could not be read: there is no host ssm.eu-nowhere-1.amazonaws.com. Check --region and the network.',
    );
  });
});
