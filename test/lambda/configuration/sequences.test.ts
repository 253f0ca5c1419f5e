import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { MAX_CONFIG_PATH, PARAMETERS, type ParameterName } from '../../../lambda/contract.ts';
import { createStackWorld, type Properties, propertiesOf } from '../../support/configuration.ts';

const FIRST = propertiesOf();
/** A later version of the same stack: another initial value, and one parameter more. */
const LATER = propertiesOf({
  issuer: 'https://login.example',
  audience: 'audience.invalid',
  revocations: '{}',
});

describe('a stack whose parameters are edited between its requests', () => {
  /** Each request is sent twice, as Lambda may do, and an operator edits a value before and after it. */
  async function play() {
    const world = createStackWorld();
    const twice = async (...request: Parameters<typeof world.send>) => {
      const first = await world.send(...request);
      world.edit('/orders/issuer', `https://edited-${world.responses.length}.example`);
      const again = await world.send(...request);
      expect(again).toEqual(first);
      return first;
    };
    return { world, twice };
  }

  test('is created, updated, rolled back and deleted, and each edit survives each request', async () => {
    const { world, twice } = await play();
    const created = await twice('Create', { properties: FIRST });
    expect(created).toMatchObject({ Status: 'SUCCESS', Data: { Adopted: 'none' } });
    const physicalId = created.PhysicalResourceId;
    for (const [properties, old] of [
      [LATER, FIRST],
      [FIRST, LATER],
    ]) {
      const before = world.parameters.get('/orders/issuer');
      const updated = await world.send('Update', { properties, old, physicalId });
      expect(updated).toMatchObject({ Status: 'SUCCESS' });
      expect(updated.Data).toEqual(created.Data);
      expect(world.parameters.get('/orders/issuer')).toEqual(before);
      await twice('Update', { properties, old, physicalId });
    }
    const before = [...world.parameters];
    const deleted = await world.send('Delete', { properties: FIRST, physicalId });
    expect(deleted).toMatchObject({ Status: 'SUCCESS', PhysicalResourceId: physicalId });
    expect([...world.parameters]).toEqual(before);
    await twice('Delete', { properties: FIRST, physicalId });
  });

  test('gets the parameters that a later template adds, and keeps them after the rollback', async () => {
    const world = createStackWorld();
    const { PhysicalResourceId: physicalId } = await world.send('Create', { properties: FIRST });
    await world.send('Update', { properties: LATER, old: FIRST, physicalId });
    expect(world.parameters.get('/orders/revocations')?.value).toBe('{}');
    expect(world.parameters.get('/orders/issuer')?.value).toBe('https://issuer.invalid');
    await world.send('Update', { properties: FIRST, old: LATER, physicalId });
    expect(world.parameters.has('/orders/revocations')).toBe(true);
  });

  test('gets a parameter back that was deleted by hand', async () => {
    const world = createStackWorld();
    const { PhysicalResourceId: physicalId } = await world.send('Create', { properties: FIRST });
    world.parameters.delete('/orders/issuer');
    await world.send('Update', { properties: LATER, old: FIRST, physicalId });
    expect(world.parameters.get('/orders/issuer')?.value).toBe('https://login.example');
  });

  test('moves to another path and back, and finds what it left there', async () => {
    const world = createStackWorld();
    const elsewhere = propertiesOf(undefined, '/team');
    world.edit('/orders/audience', 'theirs');
    const first = await world.send('Create', { properties: FIRST });
    const physicalId = first.PhysicalResourceId;
    const moved = await world.send('Update', { properties: elsewhere, old: FIRST, physicalId });
    expect(moved.PhysicalResourceId).not.toBe(physicalId);
    expect(moved.Data).toEqual({ Adopted: 'none' });
    world.edit('/orders/issuer', 'https://edited.example');
    const back = await world.send('Update', {
      properties: FIRST,
      old: elsewhere,
      physicalId: moved.PhysicalResourceId,
    });
    expect(back).toMatchObject({ Status: 'SUCCESS', Data: { Adopted: 'audience' } });
    expect(world.parameters.get('/orders/issuer')?.value).toBe('https://edited.example');
  });

  test('moves back even if SSM went down in between, but no further', async () => {
    const world = createStackWorld();
    const to = async (path: string, physicalId: string, old: string) =>
      world.send('Update', {
        properties: propertiesOf(undefined, path),
        old: propertiesOf(undefined, old),
        physicalId,
      });
    const created = await world.send('Create', { properties: FIRST });
    const moved = await to('/team', created.PhysicalResourceId, '/orders');
    const further = await to('/team/new', moved.PhysicalResourceId, '/team');
    world.fail(new Error('down'));
    const back = await to('/team', further.PhysicalResourceId, '/team/new');
    expect(back).toMatchObject({ Status: 'SUCCESS', Data: moved.Data });
    expect(await to('/orders', further.PhysicalResourceId, '/team/new')).toMatchObject({ Status: 'FAILED' });
  });
});

describe('a parameter that existed before the stack', () => {
  test('is listed in each response, and keeps its value', async () => {
    const world = createStackWorld();
    world.edit('/orders/issuer', 'https://old.example');
    const { PhysicalResourceId: physicalId, Data } = await world.send('Create', { properties: FIRST });
    expect(Data).toEqual({ Adopted: 'issuer' });
    const updated = await world.send('Update', { properties: LATER, old: FIRST, physicalId });
    expect(updated.Data).toEqual({ Adopted: 'issuer' });
    expect(world.parameters.get('/orders/issuer')?.value).toBe('https://old.example');
  });

  test('is named in a warning if it is encrypted, because the verifier cannot read it', async () => {
    const world = createStackWorld();
    world.edit('/orders/issuer', 'https://old.example', 'SecureString');
    world.edit('/orders/audience', 'orders', 'StringList');
    const { Status } = await world.send('Create', { properties: FIRST });
    expect(Status).toBe('SUCCESS');
    const warnings = world.lines.map((line) => JSON.parse(line)).filter(({ level }) => level === 'WARN');
    expect(warnings).toEqual([expect.objectContaining({ encrypted: ['/orders/issuer'] })]);
    expect(world.lines.join()).not.toContain('https://old.example');
  });

  test('may have been left behind by a stack of the same name', async () => {
    const world = createStackWorld();
    await world.send('Create', { properties: FIRST, stackId: 'arn:…:stack/orders/earlier' });
    const { Data } = await world.send('Create', { properties: FIRST });
    expect(Data).toEqual({ Adopted: 'issuer,audience' });
  });

  test('is not one that the same stack made, before it had no function for a while, or in an attempt that was interrupted', async () => {
    const world = createStackWorld();
    await world.send('Create', { properties: FIRST });
    world.edit('/orders/issuer', 'https://edited.example');
    const { Data } = await world.send('Create', { properties: FIRST });
    expect(Data).toEqual({ Adopted: 'none' });
  });

  test('may have been created by somebody else at that moment', async () => {
    const world = createStackWorld();
    const { store } = world;
    const existing = store.existing;
    Object.assign(store, {
      existing: async (names: readonly string[]) => {
        const found = await existing(names);
        world.edit('/orders/issuer', 'https://just-then.example');
        return found;
      },
    });
    const { Data } = await world.send('Create', { properties: FIRST });
    expect(Data).toEqual({ Adopted: 'issuer' });
    expect(world.parameters.get('/orders/issuer')?.value).toBe('https://just-then.example');
  });
});

test('creates a list as a list, with the id of the stack', async () => {
  const world = createStackWorld();
  await world.send('Create', { properties: FIRST });
  expect(world.parameters.get('/orders/audience')).toMatchObject({ type: 'StringList' });
  expect(world.parameters.get('/orders/issuer')).toMatchObject({
    type: 'String',
    creator: expect.stringContaining(':stack/orders/'),
  });
});

describe('in any sequence of requests, edits and outages', () => {
  const name = fc.constantFrom('issuer', 'audience', 'policy', 'revocations');
  const parameter = fc.constantFrom(...(Object.keys(PARAMETERS) as ParameterName[]));
  const path = fc.constantFrom('/orders', '/team');
  const properties: fc.Arbitrary<unknown> = fc.oneof(
    {
      weight: 6,
      arbitrary: fc.tuple(fc.dictionary(name, fc.string()), path).map(([v, p]) => propertiesOf(v, p)),
    },
    { weight: 1, arbitrary: fc.jsonValue() },
  );
  const step = fc.oneof(
    fc.record({
      kind: fc.constant('request' as const),
      type: fc.constantFrom('Create', 'Update', 'Delete', 'Other'),
      properties,
      old: properties,
      physicalId: fc.constantFrom(undefined, '/orders?issuer&audience', '/team?issuer=adopted', 'other'),
      outage: fc.boolean(),
    }),
    fc.record({ kind: fc.constant('edit' as const), name, path, value: fc.string() }),
    fc.record({ kind: fc.constant('delete' as const), name, path }),
  );

  test('every request gets one response, and no existing value ever changes', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
        const world = createStackWorld();
        for (const one of steps) {
          if (one.kind === 'edit') {
            world.edit(`${one.path}/${one.name}`, one.value);
          } else if (one.kind === 'delete') {
            world.parameters.delete(`${one.path}/${one.name}`);
          } else {
            const before = [...world.parameters];
            const count = world.responses.length;
            world.fail(one.outage ? new Error('down') : undefined);
            const { type, ...request } = one;
            const response = await world.send(type, request);
            expect(world.responses).toHaveLength(count + 1);
            expect(response.PhysicalResourceId).not.toBe('');
            expect(before.filter(([key, stored]) => world.parameters.get(key) !== stored)).toEqual([]);
          }
        }
      }),
    );
  });

  test('the rollback of an update succeeds, whatever happened to the update and to SSM', async () => {
    const longest = `/${'x'.repeat(MAX_CONFIG_PATH - 1)}`;
    const anywhere = fc.oneof(path, fc.constantFrom('/orders2', longest, longest.replace(/x$/, 'y')));
    const wellFormed = fc
      .tuple(fc.dictionary(parameter, fc.string({ minLength: 1 }), { minKeys: 1 }), anywhere)
      .map(([values, given]): Properties => propertiesOf(values, given));
    const next = fc.oneof({ weight: 4, arbitrary: wellFormed }, properties);
    const outages = fc.record({ forward: fc.boolean(), back: fc.boolean() });
    const adopted = fc.array(fc.tuple(anywhere, parameter), { maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(
        wellFormed,
        fc.array(wellFormed, { maxLength: 2 }),
        next,
        outages,
        adopted,
        async (first, then, last, down, existing) => {
          const world = createStackWorld();
          for (const [prefix, name] of existing) world.edit(`${prefix}/${name}`, 'theirs');
          let was = first;
          let { PhysicalResourceId: physicalId } = await world.send('Create', { properties: was });
          for (const properties of then) {
            const updated = await world.send('Update', { properties, old: was, physicalId });
            physicalId = updated.PhysicalResourceId;
            was = properties;
          }
          world.fail(down.forward ? new Error('down') : undefined);
          const forward = await world.send('Update', { properties: last, old: was, physicalId });
          // A new path or parameter that could not be looked up may fail on the way there, but never on the way back.
          if (forward.Status === 'FAILED') expect(forward.PhysicalResourceId).toBe(physicalId);
          world.fail(down.back ? new Error('down') : undefined);
          const back = await world.send('Update', {
            properties: was,
            old: last,
            physicalId: forward.PhysicalResourceId,
          });
          expect(back).toMatchObject({ Status: 'SUCCESS' });
          for (const { PhysicalResourceId: id } of world.responses)
            expect(Buffer.byteLength(id)).toBeLessThanOrEqual(1024);
        },
      ),
    );
  });
});
