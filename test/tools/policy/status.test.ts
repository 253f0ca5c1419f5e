import { describe, expect, test } from '@jest/globals';
import { put } from '../../../tools/policy/put.ts';
import { status } from '../../../tools/policy/status.ts';
import { awsFailure, createPolicyWorld, takingKeeper } from './policy-world.ts';

const POLICY = JSON.stringify({ unmatched: 'deny', routes: [{ path: '/api/x', scopes: ['a'] }] });

describe('status', () => {
  test('says what is in force, who put it and what the last change was', async () => {
    const world = createPolicyWorld();
    world.keeper = takingKeeper(world);
    await put(world.session(), { given: { policy: POLICY }, ifVersion: {} });
    world.lines.length = 0;
    const { status: code, json } = await status(world.session(), {});
    expect(code).toBe(0);
    expect(world.text()).toMatch(
      /policy {6}version 2, in force; put at .* by arn:.*:user\/local \(policy put\)/,
    );
    expect(world.text()).toMatch(/Last change: policy 1 to 2, at .* \(policy put\)/);
    expect(world.text()).toMatch(/The snapshot is fresh/);
    expect(json).toMatchObject({ differs: [], parameters: { policy: { version: 2, state: 'in-force' } } });
  });

  test('is 1 if the given values differ from the stored ones, and shows how', async () => {
    const world = createPolicyWorld({ policy: POLICY });
    expect((await status(world.session(), { policy: `  ${POLICY}\n` })).status).toBe(0);
    const drift = await status(world.session(), { policy: '{}' });
    expect(drift).toMatchObject({ status: 1, json: { differs: ['policy'] } });
    expect(world.text()).toContain('Now passes, and did not before');
  });

  test('says for each parameter of a rejected unit that it is not in force, and why', async () => {
    const world = createPolicyWorld();
    const old = takingKeeper(world)();
    world.edit('policy', '{');
    world.edit('upstream', 'https://up.example');
    world.keeper = () => ({
      ...old,
      parametersReadAt: world.now() / 1000,
      refused: ['/app/policy: is not JSON'],
    });
    expect((await status(world.session(), {})).status).toBe(1);
    expect(world.text()).toContain('rejected: /app/policy: is not JSON');
    expect(world.text()).toMatch(/policy {6}version 2, rejected, so not in force \(1 is\)/);
    expect(world.text()).toMatch(/upstream {4}version 2, not in force \(1 is\), because policy is rejected/);
    expect(world.text()).toMatch(/issuer {6}version 1, in force/);
  });

  test('judges by itself without a keeper', async () => {
    const world = createPolicyWorld();
    world.edit('policy', '{');
    expect((await status(world.session(), {})).status).toBe(1);
    expect(world.text()).toMatch(/rejected: \/app\/policy: is not JSON/);
    expect(world.text()).toContain('There is no keeper');
    expect(world.text()).toMatch(/issuer .*in force only where it was before, because policy is rejected/);
  });

  test('is 1 if the keeper fails or the snapshot is old, and 0 if invoking the keeper is only not allowed', async () => {
    const world = createPolicyWorld();
    world.keeper = () => ({ ...takingKeeper(world)(), parametersReadAt: world.now() / 1000 - 600 });
    expect((await status(world.session(), {})).status).toBe(1);
    expect(world.text()).toContain('The snapshot is stale');
    world.keeper = () => {
      throw awsFailure('The function Keeper failed: no bucket.');
    };
    expect((await status(world.session(), {})).status).toBe(1);
    world.keeper = () => {
      throw awsFailure('The function Keeper could not be invoked.', { denied: true });
    };
    expect((await status(world.session(), {})).status).toBe(0);
    expect(world.text()).toContain('What is in force is unknown.');
  });

  test('names a missing parameter', async () => {
    const world = createPolicyWorld();
    world.remove('upstream');
    expect((await status(world.session(), {})).status).toBe(1);
    expect(world.text()).toContain('upstream: missing');
  });
});
