import { describe, expect, test } from '@jest/globals';
import { createStackWorld, propertiesOf } from '../../support/configuration.ts';

/** As a version sends them that has no bucket. */
const { SnapshotUrl: _, ...WITHOUT_BUCKET } = propertiesOf();

describe("the snapshot's bucket", () => {
  test('has a snapshot when a Create is answered, and none after the Delete', async () => {
    const world = createStackWorld();
    const { PhysicalResourceId: physicalId } = await world.send('Create');
    expect(world.snapshots()).toBe(1);
    expect(await world.send('Delete', { physicalId })).toMatchObject({ Status: 'SUCCESS' });
    expect(world.snapshots()).toBe(0);
  });

  test('is left alone by the Delete of an id that an Update has replaced', async () => {
    const world = createStackWorld();
    const { PhysicalResourceId: physicalId } = await world.send('Create');
    const properties = propertiesOf(undefined, '/team');
    const moved = await world.send('Update', { properties, old: propertiesOf(), physicalId });
    await world.send('Delete', { physicalId });
    expect(world.snapshots()).toBe(2);
    await world.send('Delete', { properties, physicalId: moved.PhysicalResourceId });
    expect(world.snapshots()).toBe(0);
  });

  test('is left alone even if SSM took all the time of the Update', async () => {
    const world = createStackWorld();
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

  test('is emptied by an Update back to a version without one, which deletes it', async () => {
    const world = createStackWorld();
    const { PhysicalResourceId: physicalId } = await world.send('Create', { properties: WITHOUT_BUCKET });
    await world.send('Update', { properties: propertiesOf(), old: WITHOUT_BUCKET, physicalId });
    const back = await world.send('Update', { properties: WITHOUT_BUCKET, old: propertiesOf(), physicalId });
    expect(back).toMatchObject({ Status: 'SUCCESS', PhysicalResourceId: physicalId });
    expect(world.snapshots()).toBe(0);
  });

  test('does not fail such an Update back, if it cannot be emptied', async () => {
    const world = createStackWorld();
    const { PhysicalResourceId: physicalId } = await world.send('Create');
    world.failBucket(new Error('down'));
    const back = await world.send('Update', { properties: WITHOUT_BUCKET, old: propertiesOf(), physicalId });
    expect(back).toMatchObject({ Status: 'SUCCESS' });
    expect(world.lines.join()).toContain("the snapshot's bucket could not be emptied");
  });
});
