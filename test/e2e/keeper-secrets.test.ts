import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { publishedKeysAt } from '../../lambda/core/secrets/in-use.ts';
import { createSecretsReader } from '../../lambda/io/secrets-reader.ts';
import { createS3Object } from '../../lambda/io/snapshot-object.ts';
import { SECRETS } from '../../local/keeper/keeper.ts';
import { testAssembly } from '../support/assembly.ts';
import { sendSigned } from '../support/aws-responses.ts';
import { startTestStack, type TestStack } from '../support/local-stack.ts';
import { secretsIn } from '../support/secrets.ts';

let stack: TestStack;
beforeAll(async () => {
  stack = await startTestStack({ keeper: true, assembly: await testAssembly({ sharedSecrets: 'true' }) });
});
afterAll(() => stack.close());

const stored = () => stack.s3?.store.get(SECRETS.bucket, SECRETS.key);

describe('a deployment with shared secrets', () => {
  test('has them as soon as it runs, with a key that is already public', async () => {
    const secrets = secretsIn(stored()?.bytes);
    expect(publishedKeysAt(secrets, Date.now() / 1000)).toHaveLength(1);
    expect(secrets.nonceSecrets).toHaveLength(1);
  });

  test('gives them to a verifier, which reads them like the snapshot', async () => {
    const object = createS3Object({
      url: new URL(`${stack.urls.s3}/${SECRETS.bucket}/${SECRETS.key}`),
      prefix: 'secrets/',
      owner: stack.deployment.account,
      send: sendSigned('s3'),
    });
    const read = createSecretsReader({
      object,
      refreshSeconds: 60,
      now: Date.now,
      events: { secretsFailed: (reason) => expect(reason).toBe('') },
    });
    expect(await read()).toEqual(secretsIn(stored()?.bytes));
  });

  test('decides as it does without them', async () => {
    expect((await stack.call('/api/anything', await stack.token())).status).toBe(200);
  });

  test('keeps the same ones from run to run, and makes others where they were removed', async () => {
    const before = secretsIn(stored()?.bytes);
    expect(await stack.keeper?.invoke()).toMatchObject({ kind: 'response' });
    expect(secretsIn(stored()?.bytes)).toEqual(before);
    stack.s3?.store.delete(SECRETS.bucket, SECRETS.key);
    expect(await stack.keeper?.invoke()).toMatchObject({ kind: 'response' });
    expect(secretsIn(stored()?.bytes).signingKeys[0]?.kid).not.toBe(before.signingKeys[0]?.kid);
  });

  test('leaks no secret in the responses or log lines of the keeper', async () => {
    const result = await stack.keeper?.invoke();
    expect(result?.kind).toBe('response');
    const printed = JSON.stringify([stack.lines, result, result && 'body' in result && String(result.body)]);
    expect(printed).toContain('the shared secrets have changed');
    const { signingKeys, nonceSecrets } = secretsIn(stored()?.bytes);
    for (const secret of [
      ...signingKeys.map(({ privateKey }) => privateKey.d),
      ...nonceSecrets.map((nonce) => nonce.secret),
    ]) {
      expect(printed).not.toContain(secret);
    }
  });
});

test('without the option there are no secrets, and no function gets their address', async () => {
  const plain = await startTestStack({ keeper: true });
  try {
    expect(plain.s3?.store.list(SECRETS.bucket)).toEqual([]);
    const { lambda, configuration } = plain.deployment;
    for (const { environment } of [lambda, configuration])
      expect(environment).not.toHaveProperty('SECRETS_URL');
  } finally {
    await plain.close();
  }
});

test('the stack also runs without the keeper', async () => {
  const bare = await startTestStack({
    keeper: false,
    assembly: await testAssembly({ sharedSecrets: 'true' }),
  });
  try {
    expect((await bare.call('/api/anything', await bare.token())).status).toBe(200);
  } finally {
    await bare.close();
  }
});
