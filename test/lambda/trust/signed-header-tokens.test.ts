import { describe, expect, test } from '@jest/globals';
import { createKey, type SigningKey } from '../../support/keys.ts';
import { expectRejected, secretsOf } from '../../support/rejection.ts';
import {
  ALB_LOGIN,
  createSignedHeaderWorld,
  kidOf,
  pemOf,
  signedHeader,
  VERIFIED_ACCESS,
} from '../../support/signed-headers.ts';
import { NOW, withSegment } from '../../support/tokens.ts';

const STAFF = '/api/staff/x';

describe.each([
  ['Verified Access', VERIFIED_ACCESS],
  ["the load balancer's login", ALB_LOGIN],
])('a header signed by %s', (_name, service) => {
  const present = (
    token: string | readonly string[],
    { world, key }: ReturnType<typeof createSignedHeaderWorld> = createSignedHeaderWorld(service),
    headers: Record<string, string> = {},
  ) =>
    world
      .call({ target: STAFF, headers: { ...headers, [service.field]: token } })
      .then((response) => ({ response, world, key }));
  /** A fresh world, and the result for a header that is made in it. */
  const presenting = (make: (key: SigningKey) => string) => {
    const made = createSignedHeaderWorld(service);
    return present(make(made.key), made);
  };
  const expectCode = async (code: string, make: (key: SigningKey) => string) => {
    const { response, world, key } = await presenting(make);
    expectRejected(response, code, { world, secrets: secretsOf(make(key)) });
  };

  test('is accepted, and the identity has the signer, its name and its claims', async () => {
    const { response } = await presenting((key) => signedHeader(service, key));
    expect(response.status).toBe(200);
    expect(response.body).toMatchObject({ provider: 'staff', issuer: service.signer, subject: 'jane' });
  });
  test('is accepted with padded segments and without, as its signature says', async () => {
    const unpadded = (bytes: string | Uint8Array) => Buffer.from(bytes).toString('base64url');
    for (const encode of [undefined, unpadded]) {
      const { response } = await presenting((key) => signedHeader(service, key, encode && { encode }));
      expect(response.status).toBe(200);
    }
  });
  test('is rejected when its padding, which was signed too, has been removed', async () => {
    const claims = { filler: '' };
    // Claims of a length that needs padding.
    while (JSON.stringify({ ...service.claims, ...claims }).length % 3 === 0) claims.filler += 'x';
    await expectCode('signature_invalid', (key) =>
      withSegment(signedHeader(service, key, { claims }), 1, (segment) => segment.replace(/=+$/, '')),
    );
  });
  test.each([
    ['=== after a segment', (token: string) => withSegment(token, 0, (segment) => `${segment}===`)],
    ['= within a segment', (token: string) => withSegment(token, 1, (s) => `${s.slice(0, 4)}=${s.slice(4)}`)],
    ['white space', (token: string) => withSegment(token, 1, (s) => `${s.slice(0, 4)} ${s.slice(4)}`)],
    ['two segments', (token: string) => token.split('.').slice(0, 2).join('.')],
    ['no text at all', () => ''],
  ])('is malformed with %s', async (_what, change) => {
    await expectCode('token_malformed', (key) => change(signedHeader(service, key)));
  });

  test.each([
    ['another signer', { signer: `${service.signer}0` }],
    ['the signer in upper case', { signer: service.signer.toUpperCase() }],
    ['no signer', { signer: undefined }],
    ['a list of signers', { signer: [service.signer] }],
    [
      'the other service as the signer',
      { signer: (service === ALB_LOGIN ? VERIFIED_ACCESS : ALB_LOGIN).signer },
    ],
  ])('is rejected with %s, before any key is requested', async (_what, header) => {
    const { response, world } = await presenting((key) => signedHeader(service, key, { header }));
    expectRejected(response, 'issuer_mismatch', { world });
    expect(world.fetched.filter((url) => url.startsWith(service.keysUrl))).toEqual([]);
  });
  test.each([[service.otherAlg], ['RS256'], ['EdDSA']])(
    'is rejected with a good signature of another algorithm, %s',
    async (alg) => {
      const other = createKey(alg, kidOf(1));
      await expectCode('algorithm_not_allowed', () => signedHeader(service, other, { alg }));
    },
  );
  test.each(['none', 'HS256'])('is rejected with alg %s', async (alg) => {
    await expectCode('algorithm_not_allowed', (key) => signedHeader(service, key, { header: { alg } }));
  });
  test('is rejected when another key of the same kind has signed it', async () => {
    await expectCode('signature_invalid', () => signedHeader(service, createKey(service.alg, kidOf(1))));
  });

  test('is rejected when it has expired by its JOSE header, whatever the claims say', async () => {
    await expectCode('token_expired', (key) =>
      signedHeader(service, key, { header: { exp: NOW - 31 }, claims: { exp: NOW + 9999 } }),
    );
  });
  test('is rejected when its claims have expired, whatever the JOSE header says', async () => {
    await expectCode('token_expired', (key) => signedHeader(service, key, { claims: { exp: NOW - 31 } }));
  });
  test('needs a time in its header, but none in its claims', async () => {
    const { response } = await presenting((key) =>
      signedHeader(service, key, { claims: { exp: undefined } }),
    );
    expect(response.status).toBe(200);
    await expectCode('claim_missing', (key) =>
      signedHeader(service, key, { header: { exp: undefined }, claims: { exp: NOW + 60 } }),
    );
  });
  test.each([['1e400'], [String(NOW)], [null]])(
    'is malformed with %p as the time of its header',
    async (exp) => {
      await expectCode('claim_malformed', (key) => signedHeader(service, key, { header: { exp } }));
    },
  );
  test('expires while it is remembered', async () => {
    const made = createSignedHeaderWorld(service);
    const token = signedHeader(service, made.key, { claims: { exp: undefined } });
    expect((await present(token, made)).response.status).toBe(200);
    made.world.advance(150);
    expectRejected((await present(token, made)).response, 'token_expired', made);
  });

  test('twice in one request is ambiguous', async () => {
    const made = createSignedHeaderWorld(service);
    const token = signedHeader(service, made.key);
    expectRejected((await present([token, token], made)).response, 'token_ambiguous', made);
  });
  test('is not a bearer token: the provider reads only its own header', async () => {
    const { world, key } = createSignedHeaderWorld(service);
    const unpadded = (bytes: string | Uint8Array) => Buffer.from(bytes).toString('base64url');
    const headers = { authorization: `Bearer ${signedHeader(service, key, { encode: unpadded })}` };
    expectRejected(await world.call({ target: STAFF, headers }), 'signed_header_missing', { world });
    expectRejected(await world.call({ headers }), 'issuer_mismatch', { world });
  });
  test('has no effect on a route that does not accept it', async () => {
    const { world, key } = createSignedHeaderWorld(service);
    const headers = { [service.field]: signedHeader(service, key) };
    expectRejected(await world.call({ target: '/api/x', headers }), 'token_missing', { world });
  });
  test('of the other service is not a credential here', async () => {
    const other = service === ALB_LOGIN ? VERIFIED_ACCESS : ALB_LOGIN;
    const { world } = createSignedHeaderWorld(service);
    const headers = { [other.field]: signedHeader(other, createKey(other.alg, kidOf(1))) };
    expectRejected(await world.call({ target: STAFF, headers }), 'signed_header_missing', { world });
  });
  test('has no age to limit, so a policy that does so is invalid', async () => {
    const made = createSignedHeaderWorld(service, { provider: { maxTokenAgeSeconds: 60 } });
    const { response } = await present(signedHeader(service, made.key), made);
    expectRejected(response, 'config_unavailable', made);
  });
  test('has the claims that the policy requires, or is rejected', async () => {
    const provider = { requiredClaims: { email: { equals: 'jane@example.com' } } };
    const made = createSignedHeaderWorld(service, { provider });
    expect((await present(signedHeader(service, made.key), made)).response.status).toBe(200);
    const john = signedHeader(service, made.key, { claims: { email: 'john@example.com' } });
    expectRejected((await present(john, made)).response, 'claim_not_accepted', made);
  });
});

describe("the load balancer's login", () => {
  test.each([['another client'], [undefined], [['login-client']], ['']])(
    'is for somebody else if its header has the client %p',
    async (client) => {
      const { world, key } = createSignedHeaderWorld(ALB_LOGIN);
      const token = signedHeader(ALB_LOGIN, key, { header: { client } });
      const response = await world.call({ target: STAFF, headers: { [ALB_LOGIN.field]: token } });
      expectRejected(response, 'audience_mismatch', { world });
    },
  );
  test('is for nobody if the client is in its claims, where anybody may have put it', async () => {
    const { world, key } = createSignedHeaderWorld(ALB_LOGIN);
    const token = signedHeader(ALB_LOGIN, key, {
      header: { client: 'another' },
      claims: { client: 'login-client' },
    });
    const response = await world.call({ target: STAFF, headers: { [ALB_LOGIN.field]: token } });
    expectRejected(response, 'audience_mismatch', { world });
  });
});

test('the plain identity headers of the load balancer are not credentials', async () => {
  const { world } = createSignedHeaderWorld(ALB_LOGIN);
  const headers = { 'x-amzn-oidc-identity': 'jane', 'x-amzn-oidc-accesstoken': 'x.y.z' };
  expectRejected(await world.call({ target: STAFF, headers }), 'signed_header_missing', { world });
});

test('a key on another curve is unusable, although its document exists', async () => {
  for (const service of [VERIFIED_ACCESS, ALB_LOGIN]) {
    const { world, key } = createSignedHeaderWorld(service);
    const other = createKey(service.otherAlg, key.kid);
    world.documents.set(service.keysUrl + key.kid, pemOf(other.publicKey));
    const headers = { [service.field]: signedHeader(service, key) };
    expectRejected(await world.call({ target: STAFF, headers }), 'keys_unavailable', { world });
  }
});
