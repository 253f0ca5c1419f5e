import { createPrivateKey, createPublicKey, sign, verify } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { calculateJwkThumbprint } from 'jose';
import { nextSecrets } from '../../../lambda/core/secrets/next-secrets.ts';
import { parseSecrets } from '../../../lambda/core/secrets/secrets.ts';
import { MAKER } from '../../../lambda/io/make-secrets.ts';
import { NOW } from '../../support/tokens.ts';

test('a key signs ES256, and its name is its thumbprint', async () => {
  const { kid, privateKey } = MAKER.signingKey();
  expect(kid).toBe(await calculateJwkThumbprint(privateKey));
  const key = createPrivateKey({ format: 'jwk', key: { ...privateKey } });
  const signature = sign('sha256', Buffer.from('text'), { key, dsaEncoding: 'ieee-p1363' });
  const { d: _, ...publicKey } = privateKey;
  expect(
    verify(
      'sha256',
      Buffer.from('text'),
      { key: createPublicKey({ format: 'jwk', key: publicKey }), dsaEncoding: 'ieee-p1363' },
      signature,
    ),
  ).toBe(true);
});

test('no two secrets are the same, and all fit the document', () => {
  const seen = new Set<string>();
  for (let count = 0; count < 200; count++) {
    const secrets = nextSecrets(undefined, NOW, MAKER);
    expect(parseSecrets(Buffer.from(JSON.stringify(secrets)))).toEqual(secrets);
    seen.add(String(secrets.signingKeys[0]?.privateKey.d)).add(String(secrets.nonceSecrets[0]?.secret));
  }
  expect(seen.size).toBe(400);
});
