import { describe, expect, test } from '@jest/globals';
import { noteOf } from '../../../tools/policy/change-note.ts';
import { diff, put } from '../../../tools/policy/put.ts';
import { awsFailure, createPolicyWorld, takingKeeper } from './policy-world.ts';

const READ = JSON.stringify({
  unmatched: 'deny',
  routes: [{ path: '/api/orders/*', scopes: ['orders:read'] }],
});
const OPEN = JSON.stringify({ routes: [{ path: '/api/orders/*', onUnauthenticatedRequest: 'allow' }] });
const given = (policy: string, more: object = {}) => ({ given: { policy, ...more }, ifVersion: {} });

describe('put', () => {
  test('puts only the values that differ, and notes in the description which version each replaced', async () => {
    const world = createPolicyWorld();
    const { status } = await put(world.session(), given(READ, { audience: 'api.example.com', 'jwks-uri': 'discover' })); // biome-ignore format: one line
    expect(status).toBe(0);
    expect(world.value('policy')).toBe(READ);
    expect(world.versions('audience')).toHaveLength(1);
    expect(noteOf(world.versions('policy').at(-1)?.description ?? '')).toEqual({
      id: '000000000001',
      after: 1,
      by: 'put',
    });
    expect(world.versions('policy').at(-1)?.description).toMatch(/^Further providers, routes/);
  });

  test('says where it writes before it asks, without a password in the address', async () => {
    const world = createPolicyWorld();
    const { target } = world.session();
    const endpoint = new URL('http://jo:s3cret@localhost:8092/x');
    await put(world.session({ target: { ...target, endpoint } }), given(READ, { audience: 'other' }));
    expect(world.text()).toContain(
      'Will put under /app of the stack App at http://localhost:8092, in this order: policy, audience.',
    );
  });

  test('names the account and the region, because each account may have a stack of this name', async () => {
    const world = createPolicyWorld();
    await put(world.session(), given(READ));
    expect(world.text()).toContain(
      'Will put policy under /app of the stack App in eu-west-1 (account 123456789012).',
    );
  });

  test('treats JSON that differs only in white space as the same', async () => {
    const world = createPolicyWorld({ policy: READ });
    const spread = JSON.stringify(JSON.parse(READ), null, 4);
    expect((await put(world.session(), given(spread))).status).toBe(0);
    expect(world.versions('policy')).toHaveLength(1);
    expect(world.questions).toEqual([]);
  });

  test('writes nothing if any part is not valid', async () => {
    const world = createPolicyWorld();
    const { status, json } = await put(
      world.session(),
      given('{"routes": 1}', { upstream: 'https://a.example' }),
    );
    expect(status).toBe(1);
    expect(json).toMatchObject({ written: [], problems: [expect.stringMatching(/^policy: routes/)] });
    expect(world.versions('upstream')).toHaveLength(1);
  });

  test('writes nothing while there is a warning that is not accepted by its id', async () => {
    const world = createPolicyWorld();
    const refused = await put(world.session(), given(OPEN));
    expect(refused.status).toBe(1);
    expect(world.versions('policy')).toHaveLength(1);
    const { warnings } = refused.json as { warnings: { id: string }[] };
    expect(warnings.length).toBeGreaterThan(0);
    const accept = [...new Set(warnings.map(({ id }) => id))];
    expect(world.text()).toContain(`--accept '${accept[0]}'`);
    expect((await put(world.session(), { ...given(OPEN), accept })).status).toBe(0);
    expect(world.value('policy')).toBe(OPEN);
  });

  test('rejects an upstream that is an address of the deployment itself, until it is accepted', async () => {
    const world = createPolicyWorld();
    const { target } = world.session();
    const session = () =>
      world.session({ target: { ...target, ownAddresses: [{ host: 'api.example.com', port: 443 }] } });
    const change = { given: { upstream: 'https://api.example.com' } };
    expect((await diff(session(), change)).status).toBe(1);
    const refused = await put(session(), { ...change, ifVersion: {} });
    expect(refused).toMatchObject({
      status: 1,
      json: { warnings: [{ id: 'upstream:upstream-loop:api.example.com', parameter: 'upstream' }] },
    });
    expect(world.versions('upstream')).toHaveLength(1);
    expect(world.text()).toContain("--accept 'upstream:upstream-loop:api.example.com'");
    const accept = ['upstream:upstream-loop:api.example.com'];
    expect((await put(session(), { ...change, accept, ifVersion: {} })).status).toBe(0);
    expect(world.value('upstream')).toBe('https://api.example.com');
  });

  test('does nothing if the answer is no', async () => {
    const world = createPolicyWorld();
    world.answer = false;
    expect(await put(world.session(), given(READ))).toMatchObject({ status: 1, json: { declined: true } });
    expect(world.versions('policy')).toHaveLength(1);
  });

  test('packs a policy that is too large for the standard tier, and says so before it asks', async () => {
    const world = createPolicyWorld();
    const routes = Array.from({ length: 120 }, (_, index) => ({
      path: `/api/orders-${index}/*`,
      scopes: ['a'],
    }));
    const { status } = await put(world.session(), given(JSON.stringify({ unmatched: 'deny', routes })));
    expect(status).toBe(0);
    expect(world.value('policy')).toMatch(/^gz:/);
    expect(world.text()).toMatch(/policy is put in its packed form: \d+ bytes/);
    expect(world.text()).not.toMatch(/advanced tier/);
  });

  test('creates a parameter that is missing, with its type', async () => {
    const world = createPolicyWorld();
    world.remove('audience');
    expect((await put(world.session(), { given: { audience: 'a,b' }, ifVersion: {} })).status).toBe(0);
    expect(world.versions('audience').map(({ value }) => value)).toEqual(['a,b']);
  });

  test('writes nothing if a parameter is not at the requested version', async () => {
    const world = createPolicyWorld();
    world.edit('policy', '{"mode":"enforce"}');
    const asked = put(world.session(), { given: { policy: READ }, ifVersion: { policy: 1 } });
    await expect(asked).rejects.toThrow(
      /^policy is not at version 1, but at version 2, put by .*user\/local at/,
    );
    expect(world.value('policy')).toBe('{"mode":"enforce"}');
  });

  test('says who changed a parameter since this command put it, and then asks', async () => {
    const world = createPolicyWorld();
    await put(world.session(), given(READ));
    world.edit('policy', '{"unmatched":"deny"}');
    world.lines.length = 0;
    const lines: string[] = [];
    await put(
      world.session({
        ask: async () => {
          lines.push(...world.lines);
          return false;
        },
      }),
      given(READ),
    );
    expect(lines.join('\n')).toMatch(
      /policy was changed outside this command since this command last put it: the change replaces version 3, put by arn:aws:iam::000000000000:user\/local at .* outside this command/,
    );
  });
});

describe('an edit by somebody else', () => {
  test('stops it before anything is written', async () => {
    const world = createPolicyWorld();
    const session = world.session({
      ask: async () => {
        world.edit('upstream', 'https://theirs.example');
        return true;
      },
    });
    const { status, json } = await put(session, given(READ));
    expect(status).toBe(1);
    expect(json).toMatchObject({
      written: [],
      left: ['policy'],
      stop: { kind: 'edited', names: ['upstream'] },
    });
    expect(world.text()).toMatch(/upstream was changed in the meantime: version 2, put by .*local at/);
    expect(world.text()).toContain('Nothing was written.');
  });

  test('between read and write is reported, with the command that restores it', async () => {
    const world = createPolicyWorld();
    world.before = (call) => {
      if (call === 'put') world.edit('policy', '{"unmatched":"deny"}');
    };
    const { status, json } = await put(world.session(), given(READ));
    expect(status).toBe(1);
    expect(json).toMatchObject({ written: [{ name: 'policy', version: 3, after: 1, overwritten: [2] }] });
    expect(world.text()).toContain('To restore it: npm run policy -- rollback --to policy=2');
  });
});

/** A response of AWS, which shows that the call had no effect. */
const refusal = (message: string) => awsFailure(message, { cause: { $metadata: { httpStatusCode: 400 } } });

describe('a put that fails half way', () => {
  const both = () => given(READ, { revocations: `{"https://issuer.example.com":{"jti":["a"]}}` });

  test('says what was written, what was not, and how to continue or undo', async () => {
    const world = createPolicyWorld();
    world.before = (call, name) => {
      if (call === 'put' && name === 'policy') throw refusal('/app/policy could not be put: there were too many calls.'); // biome-ignore format: one line
    };
    const { status, json } = await put(world.session(), both());
    expect(status).toBe(1);
    expect(json).toMatchObject({ written: [{ name: 'revocations' }], left: ['policy'] });
    expect(world.text()).toContain('Written: revocations (version 2). Not written: policy.');
    expect(world.text()).toContain('To continue, run the same command again');
    expect(world.text()).toContain('To undo what was written: npm run policy -- rollback');
    world.before = () => {};
    expect((await put(world.session(), both())).status).toBe(0);
    expect(world.value('policy')).toBe(READ);
  });

  test('ends with 130 after Ctrl-C, once the current put is done', async () => {
    const world = createPolicyWorld();
    world.before = (call) => {
      if (call === 'put') world.interrupt.abort();
    };
    const { status, json } = await put(world.session(), both());
    expect(status).toBe(130);
    expect(json).toMatchObject({ written: [{ name: 'revocations' }], left: ['policy'] });
  });

  test('finds out that the value was put if only the response was lost', async () => {
    const world = createPolicyWorld();
    world.afterPut = () => {
      throw awsFailure('the answer was lost');
    };
    expect((await put(world.session(), both())).status).toBe(0);
    expect(world.value('policy')).toBe(READ);
  });

  test('recognizes a put that the SDK repeated as its own', async () => {
    const world = createPolicyWorld();
    let repeated = false;
    world.before = (call) => {
      if (call === 'put' && !repeated) {
        repeated = true;
        world.edit('policy', READ, 'x [change 000000000001 after version 1 by policy put]');
      }
    };
    const { status, json } = await put(world.session(), given(READ));
    expect(status).toBe(0);
    expect(json).toMatchObject({ written: [{ version: 3, overwritten: [] }] });
  });

  test('does not claim that nothing was written if no response arrived', async () => {
    const world = createPolicyWorld();
    world.before = (call, name) => {
      if (call === 'put' && name === 'policy') throw awsFailure('does not answer in time');
    };
    await put(world.session(), both());
    expect(world.text()).toContain('Written: revocations (version 2). Not written: nothing.');
    expect(world.text()).toContain('Whether policy was put is unknown');
  });

  test('does not guess if neither history nor values can be read', async () => {
    const world = createPolicyWorld();
    let puts = 0;
    world.before = (call) => {
      if (call === 'put') puts += 1;
      if (puts > 0) throw awsFailure('access denied');
    };
    const { status, json } = await put(world.session(), given(READ));
    expect(status).toBe(1);
    expect(json).toMatchObject({ stop: { kind: 'failed', unknown: true } });
    expect(world.text()).toContain('Whether policy was put is unknown');
  });
});

test('works without permission to read the history, with a note', async () => {
  const world = createPolicyWorld();
  world.before = (call) => {
    if (call === 'history') throw awsFailure('access denied to ssm:GetParameterHistory.');
  };
  expect((await put(world.session(), given(READ))).status).toBe(0);
  expect(world.text()).toContain(
    'Who put the earlier versions is unknown. access denied to ssm:GetParameterHistory.',
  );
});

test('diff writes nothing and says whether put would write', async () => {
  const world = createPolicyWorld();
  world.keeper = takingKeeper(world);
  expect((await diff(world.session(), { given: { policy: READ } })).status).toBe(0);
  expect((await diff(world.session(), { given: { policy: OPEN } })).status).toBe(1);
  expect((await diff(world.session(), { given: { policy: '{' } })).status).toBe(1);
  expect(world.versions('policy')).toHaveLength(1);
});
