import { beforeEach, describe, expect, test } from '@jest/globals';
import { createStackWorld, propertiesOf } from '../../support/configuration.ts';

let world: ReturnType<typeof createStackWorld>;
beforeEach(() => {
  world = createStackWorld();
});

describe('a deploy', () => {
  test.each(['Create', 'Update'])(
    'writes a snapshot on %s, after it has created the parameters',
    async (type) => {
      world.setKeeper(async () => {
        expect(world.parameters.has('/orders/issuer')).toBe(true);
        throw new Error('so far so good');
      });
      expect(await world.send(type)).toMatchObject({ Status: 'SUCCESS' });
      expect(world.lines.join()).toContain('so far so good');
    },
  );

  test.each<[string, () => void]>([
    ['no snapshot can be written', () => world.setKeeper(() => Promise.reject(new Error('S3 is down')))],
    ['the bucket cannot be reached', () => world.failBucket(new Error('S3 is down'))],
    [
      'writing the snapshot never ends',
      () => {
        world.setKeeper(() => new Promise(() => {}));
        world.setRemaining(15_050);
      },
    ],
  ])('succeeds although %s, and says so in the log', async (_, fail) => {
    fail();
    expect(await world.send('Create')).toMatchObject({ Status: 'SUCCESS' });
    expect(world.lines.some((line) => line.includes('"WARN"'))).toBe(true);
  });

  test('works without a keeper if it is off', async () => {
    world.setKeeper(undefined);
    expect(await world.send('Create')).toMatchObject({ Status: 'SUCCESS' });
  });
});

describe('a Delete', () => {
  test('empties the bucket', async () => {
    const { PhysicalResourceId: physicalId } = await world.send('Create');
    expect(world.snapshots()).toBe(1);
    expect(await world.send('Delete', { physicalId })).toMatchObject({ Status: 'SUCCESS' });
    expect(world.snapshots()).toBe(0);
  });

  test('of an id that an update has replaced leaves the snapshot, which is still in use', async () => {
    const { PhysicalResourceId: old } = await world.send('Create');
    const moved = propertiesOf(undefined, '/moved');
    const { PhysicalResourceId: id } = await world.send('Update', { physicalId: old, properties: moved });
    expect(id).not.toBe(old);
    await world.send('Delete', { physicalId: old });
    expect(world.snapshots()).toBe(2);
    await world.send('Delete', { physicalId: id, properties: moved });
    expect(world.snapshots()).toBe(0);
  });

  test('of an id that a rollback has left behind leaves it too', async () => {
    const { PhysicalResourceId: old } = await world.send('Create');
    const moved = propertiesOf(undefined, '/moved');
    const { PhysicalResourceId: id } = await world.send('Update', { physicalId: old, properties: moved });
    const { PhysicalResourceId: back } = await world.send('Update', { physicalId: id });
    await world.send('Delete', { physicalId: id, properties: moved });
    expect(world.snapshots()).toBe(3);
    await world.send('Delete', { physicalId: back });
    expect(world.snapshots()).toBe(0);
  });

  test('of the previous id leaves it even if the new id could not be stored', async () => {
    const { PhysicalResourceId: old } = await world.send('Create');
    world.failBucket(new Error('status 503'));
    await world.send('Update', { physicalId: old, properties: propertiesOf(undefined, '/moved') });
    world.failBucket(undefined);
    await world.send('Delete', { physicalId: old });
    expect(world.snapshots()).toBe(2);
  });

  test('gets a response in time, whatever the bucket does', async () => {
    const { PhysicalResourceId: physicalId } = await world.send('Create');
    world.hangBucket();
    world.setRemaining(15_050);
    expect(await world.send('Delete', { physicalId })).toMatchObject({ Status: 'FAILED' });
  });

  test('empties it after a Create that CloudFormation gave up on, and gave its own id', async () => {
    await world.send('Create');
    await world.send('Delete', { physicalId: 'orders-Parameters-1ABCDEF' });
    expect(world.snapshots()).toBe(0);
  });

  test('succeeds after a failed Create', async () => {
    world.fail(new Error('no'));
    const { PhysicalResourceId: physicalId } = await world.send('Create');
    expect(await world.send('Delete', { physicalId })).toMatchObject({ Status: 'SUCCESS' });
  });

  test('fails if it cannot empty the bucket, which then could not be deleted', async () => {
    const { PhysicalResourceId: physicalId } = await world.send('Create');
    world.failBucket(new Error('status 503'));
    expect(await world.send('Delete', { physicalId })).toMatchObject({
      Status: 'FAILED',
      Reason: expect.stringMatching(/^Emptying the stack's buckets failed: status 503/),
    });
  });

  test('touches no bucket for a stack that was deployed before there were snapshots', async () => {
    const { SnapshotUrl: _, ...properties } = propertiesOf();
    world.failBucket(new Error('never asked'));
    expect(await world.send('Delete', { physicalId: '/orders?issuer', properties })).toMatchObject({
      Status: 'SUCCESS',
    });
  });
});

/** Properties as sent by a version without a bucket. */
const { SnapshotUrl: _url, ...WITHOUT_BUCKET } = propertiesOf();

describe("the snapshot's bucket", () => {
  test('is left alone even if SSM used up all the time of the Update', async () => {
    const { PhysicalResourceId: physicalId } = await world.send('Create');
    const properties = propertiesOf(undefined, '/team');
    const moved = await world.send('Update', { properties, old: propertiesOf(), physicalId });
    Object.assign(world.store, {
      existing: () =>
        new Promise((_, reject) => {
          world.signal()?.addEventListener('abort', () => reject(new Error('down')));
        }),
    });
    world.setRemaining(15_050);
    const request = { old: properties, physicalId: moved.PhysicalResourceId };
    expect(await world.send('Update', request)).toMatchObject({ Status: 'SUCCESS' });
    await world.send('Delete', { properties, physicalId: moved.PhysicalResourceId });
    expect(world.snapshots()).not.toBe(0);
  });

  test('is emptied by a rollback to a version without one, which deletes it', async () => {
    const { PhysicalResourceId: physicalId } = await world.send('Create', { properties: WITHOUT_BUCKET });
    await world.send('Update', { properties: propertiesOf(), old: WITHOUT_BUCKET, physicalId });
    const back = await world.send('Update', { properties: WITHOUT_BUCKET, old: propertiesOf(), physicalId });
    expect(back).toMatchObject({ Status: 'SUCCESS', PhysicalResourceId: physicalId });
    expect(world.snapshots()).toBe(0);
  });

  test('does not fail such a rollback if it cannot be emptied', async () => {
    const { PhysicalResourceId: physicalId } = await world.send('Create');
    world.failBucket(new Error('down'));
    const back = await world.send('Update', { properties: WITHOUT_BUCKET, old: propertiesOf(), physicalId });
    expect(back).toMatchObject({ Status: 'SUCCESS' });
    expect(world.lines.join()).toContain("the snapshot's bucket could not be emptied");
  });
});
