import { describe, expect, test } from '@jest/globals';
import { canaryClaims, underAttack } from '../../support/attack.ts';
import { createKey } from '../../support/keys.ts';
import { CANARY, expectRejected, secretsOf } from '../../support/rejection.ts';
import { base64url, mint, withSegment } from '../../support/tokens.ts';

const attack = underAttack(createKey('ES256'));
const good = () => mint(attack.key, canaryClaims());
const malformed = (token: string) => attack.expectRejectedToken(token, 'token_malformed');

describe('what is not three segments is rejected before decoding', () => {
  test('a five-part JWE', async () => malformed(`${good()}.${base64url('x')}.${base64url('y')}`));
  test('two parts', async () => malformed(good().split('.').slice(0, 2).join('.')));
  test('four parts', async () => malformed(`${good()}.${base64url('x')}`));
  test('an empty part', async () => {
    for (const index of [0, 1, 2] as const) await malformed(withSegment(good(), index, () => ''));
  });
  test('100,000 dots (CVE-2025-27144, CVE-2025-30204)', async () => malformed('.'.repeat(100_000)));
  test('JSON serialisation', async () => {
    const [header, payload, signature] = good().split('.');
    const token = JSON.stringify({ payload, protected: header, signature });
    const { world, upstream } = attack;
    const response = await world.present(token);
    expectRejected(response, 'token_ambiguous', { world, upstream, secrets: secretsOf(good()) });
    await malformed(JSON.stringify({ payload }));
  });
});

describe('base64url in any but the canonical form is rejected', () => {
  test.each([0, 1, 2] as const)('in segment %d', async (index) => {
    const characters = ['=', '==', '+', '/', '~', '*'];
    for (const character of characters) {
      await attack.world
        .present(withSegment(good(), index, (segment) => segment + character))
        .then((response) => expect(response.body).toMatchObject({ code: 'token_malformed' }));
      await malformed(
        withSegment(good(), index, (segment) => `${segment.slice(0, 5)}${character}${segment.slice(5)}`),
      );
    }
  });
  test.each([' ', '\t', '\n', '\r\n', '\0', '\u00a0', 'é'])('with %j within or at an end', async (space) => {
    for (const index of [0, 1, 2] as const) {
      await malformed(
        withSegment(good(), index, (segment) => `${segment.slice(0, 5)}${space}${segment.slice(5)}`),
      );
    }
    await malformed(`${space.trim()}\n${good()}`);
    await malformed(`${good()}${space}\n`);
  });
  test('with non-zero trailing bits, which decode to the same bytes', async () => {
    const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
    const token = withSegment(good(), 2, (segment) => {
      const last = ALPHABET.indexOf(segment.at(-1) ?? '');
      const other = segment.slice(0, -1) + ALPHABET[last ^ 1];
      expect(Buffer.from(other, 'base64url')).toEqual(Buffer.from(segment, 'base64url'));
      return other;
    });
    await malformed(token);
  });
  test('a header that is not UTF-8', async () => {
    const bytes = Buffer.concat([
      Buffer.from('{"alg":"ES256","x":"'),
      Buffer.from([0xff]),
      Buffer.from('"}'),
    ]);
    await malformed(withSegment(good(), 0, () => base64url(bytes)));
  });
  test.each(['[]', 'null', '"x"', '{', '\ufeff{}', `${CANARY}`])('a header of %s', async (json) => {
    await malformed(withSegment(good(), 0, () => base64url(json)));
  });
});

describe('the Authorization header', () => {
  const call = (authorization: string | string[], target = '/api/x') =>
    attack.world.call({ headers: { authorization }, target });
  const expectCode = async (authorization: string | string[], code: string, target?: string) => {
    const { world, upstream } = attack;
    expectRejected(await call(authorization, target), code, { world, upstream, secrets: secretsOf(good()) });
  };

  test.each(['bearer', 'BEARER', 'bEaReR'])(
    'takes the scheme %s, because schemes ignore case',
    async (scheme) => {
      expect((await call(`${scheme} ${good()}`)).status).toBe(200);
    },
  );
  test('takes two spaces (RFC 9110 §11.4)', async () =>
    expect((await call(`Bearer  ${good()}`)).status).toBe(200));
  test('takes no tab', async () => expectCode(`Bearer\t${good()}`, 'token_malformed'));
  test('takes no token in quotes', async () => expectCode(`Bearer "${good()}"`, 'token_malformed'));
  test('with two tokens comma-joined is ambiguous', async () => {
    await expectCode(`Bearer ${good()}, Bearer ${good()}`, 'token_ambiguous');
    await expectCode(`Bearer ${good()},${good()}`, 'token_ambiguous');
    await expectCode(`Basic x, Bearer ${good()}`, 'token_ambiguous');
  });
  test('twice is ambiguous, in whatever case and order', async () => {
    await expectCode([`Bearer ${good()}`, `Bearer ${good()}`], 'token_ambiguous');
    await expectCode(['Basic x', `Bearer ${good()}`], 'token_ambiguous');
    const { world, upstream } = attack;
    const headers = { Authorization: `Bearer ${good()}`, authorization: `Bearer ${good()}` };
    expectRejected(await world.call({ headers }), 'token_ambiguous', { world, upstream });
  });
  test('with a token in the query as well is ambiguous', async () => {
    for (const query of [`access_token=${good()}`, `a=b&access%5Ftoken=${good()}`]) {
      await expectCode(`Bearer ${good()}`, 'token_ambiguous', `/api/x?${query}`);
    }
  });
  test.each([[[]], [['']], [['Basic dXNlcjpwYXNz']], [['DPoP x']]])(
    'of %j has no credentials of ours',
    async (values) => {
      await expectCode(values, 'token_missing');
    },
  );
  test('is the only place where a token is accepted', async () => {
    const { world, upstream } = attack;
    const token = good();
    for (const request of [
      { target: `/api/x?access_token=${token}` },
      { headers: { cookie: `access_token=${token}` } },
      { headers: { 'x-authorization': `Bearer ${token}`, 'proxy-authorization': `Bearer ${token}` } },
      { headers: { 'x-amzn-oidc-data': token, 'x-amzn-oidc-accesstoken': token } },
      { headers: { 'x-amzn-ava-user-context': token } },
      {
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        method: 'POST',
        body: `access_token=${token}`,
      },
    ]) {
      const response = await world.call(request);
      expectRejected(response, 'token_missing', { world, upstream, secrets: secretsOf(token) });
    }
  });
  test("is the only place for a remembered token, which does not count as AWS's signed header", async () => {
    const { world, upstream } = attack;
    const login = {
      type: 'alb-oidc',
      loadBalancerArn:
        'arn:aws:elasticloadbalancing:us-east-1:123456789012:loadbalancer/app/a/0123456789abcdef',
      clientId: 'c',
    };
    const routes = [{ path: '/*', providers: ['default', 'login'] }];
    world.parameters.policy = JSON.stringify({ providers: { login }, routes });
    const token = good();
    expect((await world.present(token)).status).toBe(200);
    expect(upstream.received).toHaveLength(1);
    upstream.received.length = 0;
    const response = await world.call({ headers: { 'x-amzn-oidc-data': token } });
    expect(response.body).toMatchObject({ code: 'issuer_mismatch' });
    expect(upstream.received).toEqual([]);
  });
  test('is required of a health check too, whatever its User-Agent', async () => {
    const { world, upstream } = attack;
    const headers = { 'user-agent': 'ELB-HealthChecker/2.0' };
    expectRejected(await world.call({ headers, target: '/' }), 'token_missing', { world, upstream });
  });
});
