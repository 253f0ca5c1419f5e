import { SSMClient } from '@aws-sdk/client-ssm';
import { afterEach, expect, it } from '@jest/globals';
import { defaultProvider } from '../../../infra/bundle/environment-credentials.ts';

const before = { ...process.env };
afterEach(() => {
  process.env = { ...before };
});

it('reads the credentials from the environment each time', async () => {
  const provider = defaultProvider();
  Object.assign(process.env, {
    AWS_ACCESS_KEY_ID: 'id',
    AWS_SECRET_ACCESS_KEY: 'secret',
    AWS_SESSION_TOKEN: 'token',
  });
  expect(await provider()).toEqual({ accessKeyId: 'id', secretAccessKey: 'secret', sessionToken: 'token' });
  delete process.env.AWS_SESSION_TOKEN;
  expect(await provider()).toEqual({ accessKeyId: 'id', secretAccessKey: 'secret' });
});

it('names the missing variables', async () => {
  delete process.env.AWS_ACCESS_KEY_ID;
  await expect(defaultProvider()()).rejects.toThrow(
    'AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY must be set',
  );
});

it('is the default provider of a client', async () => {
  Object.assign(process.env, { AWS_ACCESS_KEY_ID: 'id', AWS_SECRET_ACCESS_KEY: 'secret' });
  const client = new SSMClient({ region: 'eu-west-1', credentialDefaultProvider: defaultProvider });
  expect(await client.config.credentials()).toMatchObject({ accessKeyId: 'id', secretAccessKey: 'secret' });
});
