import { describe, expect, test } from '@jest/globals';
import { put } from '../../../tools/policy/put.ts';
import { type RevocationRequest, revoke } from '../../../tools/policy/revoke.ts';
import { rollback } from '../../../tools/policy/rollback.ts';
import { createKey } from '../../support/keys.ts';
import { claimsOf, mint } from '../../support/tokens.ts';
import { awsFailure, createPolicyWorld, ISSUER, type PolicyWorld } from './policy-world.ts';

const OTHER = 'https://other.example.com';
const POLICY = JSON.stringify({
  providers: { other: { type: 'jwks', issuer: OTHER, audience: ['x'] } },
});

const asked = (changes: Partial<RevocationRequest>): RevocationRequest => ({
  issuer: ISSUER,
  jti: [],
  sub: [],
  clientId: [],
  issuedBefore: undefined,
  pasted: undefined,
  by: undefined,
  ...changes,
});
const inStore = (world: PolicyWorld) => JSON.parse(world.value('revocations') ?? '');
const tokenWith = (claims: object) => mint(createKey('ES256', 'key-1'), claimsOf({ iss: ISSUER, ...claims }));

describe('revoke', () => {
  test('adds to the stored revocations, says what is rejected, and changes nothing the second time', async () => {
    const world = createPolicyWorld({ revocations: JSON.stringify({ [ISSUER]: { sub: ['a'] } }) });
    expect((await revoke(world.session(), 'revoke', asked({ jti: ['1'], clientId: ['c'] }))).status).toBe(0);
    expect(inStore(world)).toEqual({ [ISSUER]: { jti: ['1'], sub: ['a'], client_id: ['c'] } });
    expect(world.text()).toContain(`will be rejected with 401 token_revoked: ${ISSUER}: jti 1`);
    expect((await revoke(world.session(), 'revoke', asked({ jti: ['1'] }))).status).toBe(0);
    expect(world.versions('revocations')).toHaveLength(2);
  });

  test('is undone by unrevoke with the same arguments', async () => {
    const world = createPolicyWorld();
    const what = asked({ sub: ['a', 'b'], issuedBefore: 1_790_000_000 });
    await revoke(world.session(), 'revoke', what);
    expect(inStore(world)).toEqual({ [ISSUER]: { subIssuedBefore: { a: 1_790_000_000, b: 1_790_000_000 } } });
    await revoke(world.session(), 'unrevoke', what);
    expect(inStore(world)).toEqual({});
    expect((await revoke(world.session(), 'unrevoke', what)).status).toBe(0);
    expect(world.versions('revocations')).toHaveLength(3);
  });

  test('never moves a time back, and unrevoke removes no later time', async () => {
    const world = createPolicyWorld();
    await revoke(world.session(), 'revoke', asked({ issuedBefore: 1_790_000_000 }));
    await revoke(world.session(), 'revoke', asked({ issuedBefore: 1_780_000_000 }));
    await revoke(world.session(), 'unrevoke', asked({ issuedBefore: 1_780_000_000 }));
    expect(inStore(world)).toEqual({ [ISSUER]: { issuedBefore: 1_790_000_000 } });
  });

  test('says after unrevoke what still revokes the same tokens', async () => {
    const revocations = { [ISSUER]: { sub: ['b'], issuedBefore: 5, subIssuedBefore: { a: 9, c: 9 } } };
    const world = createPolicyWorld({ revocations: JSON.stringify(revocations) });
    const { status } = await revoke(world.session(), 'unrevoke', asked({ sub: ['a'] }));
    expect(status).toBe(0);
    expect(world.text()).toContain('There is no such entry');
    expect(world.lines.filter((line) => line.startsWith('still revoked: '))).toEqual([
      expect.stringContaining(`${ISSUER}: all tokens issued before 5 `),
      expect.stringContaining(`${ISSUER}: tokens of sub a issued before 9 `),
    ]);
  });

  test('says so if somebody else made the same change while the question waited', async () => {
    const world = createPolicyWorld();
    const session = world.session({
      ask: async () => {
        world.edit('revocations', JSON.stringify({ [ISSUER]: { jti: ['1'] } }));
        return true;
      },
    });
    const { status, json } = await revoke(session, 'revoke', asked({ jti: ['1'] }));
    expect([status, json]).toMatchObject([0, { written: [], force: { state: 'in-force' } }]);
    expect(world.text()).toContain(
      'Somebody else made the same change in the meantime, so nothing was written.',
    );
  });

  test('names the issuers if it gets an unknown one, or none when there are several', async () => {
    const world = createPolicyWorld({ policy: POLICY });
    await expect(
      revoke(world.session(), 'revoke', asked({ issuer: `${ISSUER}/`, jti: ['1'] })),
    ).rejects.toThrow(`No provider has this issuer: ${ISSUER}/. The issuers are ${ISSUER}, ${OTHER}.`);
    await expect(revoke(world.session(), 'revoke', asked({ issuer: undefined, jti: ['1'] }))).rejects.toThrow(
      /--issuer is missing/,
    );
  });

  test('works while the rest of the configuration is broken', async () => {
    const world = createPolicyWorld();
    world.edit('policy', '{"routes":');
    expect((await revoke(world.session(), 'revoke', asked({ jti: ['1'] }))).status).toBe(0);
    expect(inStore(world)).toEqual({ [ISSUER]: { jti: ['1'] } });
    expect(world.text()).toContain('The other parameters are not valid');
  });

  test('says where revoked tokens are still let through', async () => {
    const policy = JSON.stringify({
      mode: 'report-only',
      routes: [
        { path: '/api/orders/*', methods: ['GET'], mode: 'enforce' },
        { path: '/api/orders/*', methods: ['POST'] },
      ],
    });
    const world = createPolicyWorld({ policy });
    await revoke(world.session(), 'revoke', asked({ jti: ['1'] }));
    expect(world.text()).toContain('report-only: POST /api/orders/*; what no route matches. To reject');
    const enforced = createPolicyWorld({ policy: policy.replace('"mode":"report-only",', '') });
    await revoke(enforced.session(), 'revoke', asked({ jti: ['1'] }));
    expect(enforced.text()).not.toContain('report-only');
  });

  test('says before it writes that there is no room left', async () => {
    const world = createPolicyWorld();
    const random = Array.from({ length: 700 }, (_, index) => `${Math.sin(index)}${Math.cos(index)}`);
    await expect(revoke(world.session(), 'revoke', asked({ jti: random }))).rejects.toThrow(
      /^revocations takes \d+ bytes, or \d+ packed, but SSM holds at most 8192.* Nothing was written\.$/,
    );
    expect(world.questions).toEqual([]);
  });
});

describe('a token on standard input', () => {
  test('is revoked by its jti', async () => {
    const world = createPolicyWorld();
    await revoke(world.session(), 'revoke', asked({ issuer: undefined, pasted: tokenWith({ jti: 'j-1' }) }));
    expect(inStore(world)).toEqual({ [ISSUER]: { jti: ['j-1'] } });
  });

  test('without a jti is revoked by the chosen claim, and the error names the choices', async () => {
    const world = createPolicyWorld();
    const pasted = tokenWith({ jti: undefined, sub: 's', azp: 'c', client_id: undefined });
    await expect(revoke(world.session(), 'revoke', asked({ pasted }))).rejects.toThrow(
      'The token has no jti. It can be revoked by --by sub (all tokens of its subject) or --by client_id (all tokens of its client).',
    );
    await revoke(world.session(), 'revoke', asked({ pasted, by: 'client_id' }));
    expect(inStore(world)).toEqual({ [ISSUER]: { client_id: ['c'] } });
  });

  test('of an issuer that the policy does not have is an error', async () => {
    const world = createPolicyWorld();
    const pasted = tokenWith({ iss: 'https://evil.example', jti: 'j' });
    await expect(revoke(world.session(), 'revoke', asked({ pasted }))).rejects.toThrow(
      /No provider has this issuer/,
    );
    await expect(revoke(world.session(), 'revoke', asked({ pasted: 'opaque' }))).rejects.toThrow(
      /Standard input has no token/,
    );
  });
});

describe('a token that several providers may accept', () => {
  const SIGNER = 'arn:aws:elasticloadbalancing:us-east-1:123456789012:loadbalancer/app/a/50dc6c495c0c9188';
  const providers = { alb: { type: 'alb-oidc', loadBalancerArn: SIGNER, clientId: 'c' } };

  test('is revoked for each provider', async () => {
    const world = createPolicyWorld({ policy: JSON.stringify({ providers }) });
    const pasted = mint(createKey('ES256', 'key-1'), claimsOf({ iss: ISSUER, jti: 'j' }), { signer: SIGNER });
    await revoke(world.session(), 'revoke', asked({ issuer: undefined, pasted }));
    expect(inStore(world)).toEqual({ [ISSUER]: { jti: ['j'] }, [SIGNER]: { jti: ['j'] } });
  });
});

test('says which token of a token response it took', async () => {
  const world = createPolicyWorld();
  const [access_token, id_token] = [tokenWith({ jti: 'access' }), tokenWith({ jti: 'id' })];
  const pasted = JSON.stringify({ access_token, id_token });
  await revoke(world.session(), 'revoke', asked({ issuer: undefined, pasted }));
  expect(inStore(world)).toEqual({ [ISSUER]: { jti: ['access'] } });
  expect(world.text()).toContain('note: the access_token of the token response was taken');
});

test('the issuer in an unverified token cannot add lines to the output', async () => {
  const world = createPolicyWorld();
  const pasted = tokenWith({ iss: `https://evil.example\nNothing was written.${'x'.repeat(500)}`, jti: 'j' });
  const failure = await revoke(world.session(), 'revoke', asked({ pasted })).catch((error: Error) => error);
  expect((failure as Error).message).toMatch(
    /^No provider has this issuer: \S+\\nNothing was written\.x+\. The/,
  );
  expect((failure as Error).message.length).toBeLessThan(350);
});

describe('two operators at once', () => {
  test('puts again what the other revokes between read and write', async () => {
    const world = createPolicyWorld();
    let edits = 0;
    world.before = (call) => {
      if (call === 'put' && edits++ === 0) {
        world.edit('revocations', JSON.stringify({ [ISSUER]: { jti: ['theirs'] } }));
      }
    };
    expect((await revoke(world.session(), 'revoke', asked({ jti: ['ours'] }))).status).toBe(0);
    expect(inStore(world)).toEqual({ [ISSUER]: { jti: ['ours', 'theirs'] } });
    expect(world.text()).toContain('Somebody else put version 2 at the same time');

    await rollback(world.session(), { to: { kind: 'before-last-change' }, ifVersion: {} });
    expect(inStore(world)).toEqual({ [ISSUER]: { jti: ['theirs'] } });
  });

  test('keeps revoked what the other unrevokes meanwhile, and says so', async () => {
    const world = createPolicyWorld({ revocations: JSON.stringify({ [ISSUER]: { jti: ['old'] } }) });
    let edits = 0;
    world.before = (call) => {
      if (call === 'put' && edits++ === 0) world.edit('revocations', '{}');
    };
    expect((await revoke(world.session(), 'revoke', asked({ jti: ['ours'] }))).status).toBe(0);
    expect(inStore(world)).toEqual({ [ISSUER]: { jti: ['old', 'ours'] } });
    expect(world.text()).toMatch(/Version 2, which somebody else put .* is now revoked again: .*jti old/);
  });

  test('keeps what is put while the question waits', async () => {
    const world = createPolicyWorld();
    const session = world.session({
      ask: async () => {
        world.edit('revocations', JSON.stringify({ [ISSUER]: { jti: ['theirs'] } }));
        world.edit('upstream', 'https://elsewhere.example');
        return true;
      },
    });
    expect((await revoke(session, 'revoke', asked({ jti: ['ours'] }))).status).toBe(0);
    expect(inStore(world)).toEqual({ [ISSUER]: { jti: ['theirs', 'ours'] } });
    expect(world.versions('revocations')).toHaveLength(3);
  });

  test('gives up if the other never stops, and says so', async () => {
    const world = createPolicyWorld();
    let count = 0;
    world.before = (call) => {
      if (call === 'put') world.edit('revocations', JSON.stringify({ [ISSUER]: { jti: [`r${count++}`] } }));
    };
    expect((await revoke(world.session(), 'revoke', asked({ jti: ['ours'] }))).status).toBe(1);
    expect(world.text()).toContain('because others kept changing revocations in the meantime');
    expect(world.text()).toMatch(/came in between, and version \d+ has overwritten it/);
  });

  test('says what was overwritten if it cannot be read again', async () => {
    const world = createPolicyWorld();
    world.before = (call) => {
      if (call === 'put') world.edit('revocations', JSON.stringify({ [ISSUER]: { jti: ['theirs'] } }));
      if (call === 'valuesOf') throw awsFailure('Earlier versions could not be read: access denied.');
    };
    const { status, json } = await revoke(world.session(), 'revoke', asked({ jti: ['ours'] }));
    expect(status).toBe(1);
    expect(json).toMatchObject({ written: [{ version: 3, overwritten: [2] }] });
    expect(world.text()).toContain('rollback --to revocations=2');
  });

  test('reports a failed repair, with what it would have restored', async () => {
    const world = createPolicyWorld();
    let puts = 0;
    world.before = (call) => {
      if (call !== 'put') return;
      puts += 1;
      if (puts === 1) world.edit('revocations', JSON.stringify({ [ISSUER]: { jti: ['theirs'] } }));
      else throw awsFailure('throttled');
    };
    const { status } = await revoke(world.session(), 'revoke', asked({ jti: ['ours'] }));
    expect(status).toBe(1);
    expect(world.text()).toContain('rollback --to revocations=2');
  });
});

test('put with revocations says so if it overwrites what somebody else revoked meanwhile', async () => {
  const world = createPolicyWorld();
  world.before = (call) => {
    if (call === 'put') world.edit('revocations', JSON.stringify({ [ISSUER]: { jti: ['theirs'] } }));
  };
  const { status } = await put(world.session(), { given: { revocations: `{"${ISSUER}":{"jti":["a"]}}` }, ifVersion: {} }); // biome-ignore format: one line
  expect(status).toBe(1);
  expect(world.text()).toContain('rollback --to revocations=2');
});
