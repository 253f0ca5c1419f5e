import { describe, expect, test } from '@jest/globals';
import { createSecretsBucket } from '../../../lambda/io/snapshot-bucket.ts';
import { createStackWorld, type Properties, propertiesOf } from '../../support/configuration.ts';

const URL_OF_SECRETS = 'https://secrets.s3.eu-west-1.amazonaws.com/secrets/1.json';
const WITHOUT = propertiesOf();
const WITH = { ...WITHOUT, SecretsUrl: URL_OF_SECRETS };

async function created(properties: Properties = WITH) {
  const world = createStackWorld();
  const { PhysicalResourceId: physicalId } = await world.send('Create', { properties });
  return { world, physicalId };
}

describe('the bucket of the shared secrets', () => {
  test('is emptied when the stack goes, before the snapshot', async () => {
    const { world, physicalId } = await created();
    expect(await world.send('Delete', { properties: WITH, physicalId })).toMatchObject({ Status: 'SUCCESS' });
    expect([world.emptied, world.snapshots()]).toEqual([[URL_OF_SECRETS], 0]);
  });

  test('is emptied by the update that removes it, because it is deleted at the end of that update', async () => {
    const { world, physicalId } = await created();
    await world.send('Update', { properties: WITHOUT, old: WITH, physicalId });
    expect([world.emptied, world.snapshots()]).toEqual([[URL_OF_SECRETS], 2]);
  });

  test.each([
    ['brings it in', WITH, WITHOUT],
    ['leaves it as it is', WITH, WITH],
  ])('is left alone by an update that %s', async (_, properties, old) => {
    const { world, physicalId } = await created(old);
    await world.send('Update', { properties, old, physicalId });
    expect([world.emptied, world.snapshots()]).toEqual([[], 2]);
  });

  test('is left alone by the Delete of a previous id of the custom resource', async () => {
    const { world, physicalId } = await created();
    const moved = { ...propertiesOf(undefined, '/team'), SecretsUrl: URL_OF_SECRETS };
    await world.send('Update', { properties: moved, old: WITH, physicalId });
    await world.send('Delete', { properties: WITH, physicalId });
    expect(world.emptied).toEqual([]);
  });

  test('fails no update if it cannot be emptied, and the log says what is left to do', async () => {
    const { world, physicalId } = await created();
    world.failBucket(new Error('status 403'));
    expect(await world.send('Update', { properties: WITHOUT, old: WITH, physicalId })).toMatchObject({
      Status: 'SUCCESS',
    });
    expect(world.lines.join()).toMatch(/shared secrets could not be emptied.*delete it by hand.*status 403/);
  });

  test('fails the Delete if it cannot be emptied, and the Delete can be retried', async () => {
    const { world, physicalId } = await created();
    world.failBucket(new Error('status 503'));
    expect(await world.send('Delete', { properties: WITH, physicalId })).toMatchObject({ Status: 'FAILED' });
    world.failBucket(undefined);
    expect(await world.send('Delete', { properties: WITH, physicalId })).toMatchObject({ Status: 'SUCCESS' });
    expect(world.emptied).toEqual([URL_OF_SECRETS]);
  });

  test('contains everything under their prefix, in any format', async () => {
    const sent: string[] = [];
    const keys = ['secrets/1.json', 'secrets/2.json'];
    const { empty } = createSecretsBucket(URL_OF_SECRETS, {
      owner: undefined,
      send: async (url, { method }) => {
        sent.push(`${method} ${url.pathname}${url.search}`);
        const listed = keys.splice(0).map((key) => `<Key>${key}</Key>`);
        const body = Buffer.from(
          `<ListBucketResult>${listed.join('')}<IsTruncated>false</IsTruncated></ListBucketResult>`,
        );
        return { status: method === 'GET' ? 200 : 204, headers: [], body };
      },
    });
    await empty();
    expect(sent).toEqual([
      'GET /?list-type=2&prefix=secrets%2F',
      'DELETE /secrets/1.json',
      'DELETE /secrets/2.json',
      'GET /?list-type=2&prefix=secrets%2F',
    ]);
  });
});
