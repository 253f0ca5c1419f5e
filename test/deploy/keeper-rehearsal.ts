import assert from 'node:assert/strict';
import {
  DeleteObjectCommand,
  GetBucketOwnershipControlsCommand,
  GetObjectCommand,
  GetPublicAccessBlockCommand,
  HeadObjectCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { snapshotKey } from '../../lambda/contract.ts';
import { query, textsOf } from './aws-calls.ts';
import type { ClientSettings } from './cloud.ts';
import { announceChange, passMinute, readSnapshot, snapshotBucketOf, valuesIn } from './snapshot.ts';
import { resourcesIn, resourcesOf } from './stack.ts';

interface KeptStack {
  readonly aws: ClientSettings;
  readonly stackName: string;
  readonly configPath: string;
}

type Values = Readonly<Record<string, string>>;

/** Throws unless the first snapshot existed before the alias and is guarded, as far as moto can show. */
export async function checkFirstSnapshot(stack: KeptStack, values: Values): Promise<void> {
  const { aws, stackName, configPath } = stack;
  const bucket = await snapshotBucketOf(aws, stackName);
  const snapshot = await readSnapshot(aws, bucket, configPath);
  assert.equal(snapshot.path, configPath);
  assert.deepEqual(valuesIn(snapshot), values);
  assert.ok(snapshot.writtenAt < (await createdAt(stack, 'AWS::Lambda::Alias')));

  const s3 = new S3Client(aws);
  const object = { Bucket: bucket, Key: snapshotKey(configPath) };
  const { ServerSideEncryption } = await s3.send(new HeadObjectCommand(object));
  assert.equal(ServerSideEncryption, 'AES256');
  const { OwnershipControls } = await s3.send(new GetBucketOwnershipControlsCommand({ Bucket: bucket }));
  assert.equal(OwnershipControls?.Rules?.[0]?.ObjectOwnership, 'BucketOwnerEnforced');
  const { PublicAccessBlockConfiguration } = await s3.send(
    new GetPublicAccessBlockCommand({ Bucket: bucket }),
  );
  assert.deepEqual(Object.values(PublicAccessBlockConfiguration ?? {}), [true, true, true, true]);
  const foreign = s3.send(new GetObjectCommand({ ...object, ExpectedBucketOwner: '210987654321' }));
  await assert.rejects(foreign, { name: 'AccessDenied' });
}

/** Sends the rule's events to the keeper, and throws unless each renews the snapshot with the current values in SSM. */
export async function checkRule(stack: KeptStack, values: Values): Promise<void> {
  const { aws, stackName, configPath } = stack;
  const bucket = await snapshotBucketOf(aws, stackName);
  const read = () => readSnapshot(aws, bucket, configPath);
  const before = await read();
  assert.notDeepEqual(valuesIn(before), values);

  await announceChange(aws, '/somebody-else/issuer');
  assert.deepEqual(await read(), before);

  await announceChange(aws, `${configPath}/issuer`);
  const changed = await read();
  assert.deepEqual(valuesIn(changed), values);
  assert.ok(versionOf(changed, 'issuer') > versionOf(before, 'issuer'));

  const [rule = ''] = await resourcesOf(aws, stackName, 'AWS::Events::Rule');
  await passMinute(aws, rule);
  const later = await read();
  assert.deepEqual(valuesIn(later), values);
  assert.ok(later.parametersReadAt > changed.parametersReadAt);
}

/** Throws unless a verifier can only read the snapshot, and a role with all rights in S3 not even that. */
export async function checkGuard({ aws, stackName, configPath }: KeptStack): Promise<void> {
  const object = { Bucket: await snapshotBucketOf(aws, stackName), Key: snapshotKey(configPath) };
  const roles = await resourcesIn(aws, stackName);
  const { physicalId: verifier = '' } =
    roles.find(({ id, type }) => type === 'AWS::IAM::Role' && id.startsWith('Verifier')) ?? {};
  const denied = { name: 'AccessDenied' };
  for (const [role, reads] of [
    [verifier, true],
    [await createAdministrator(aws), false],
  ] as const) {
    const s3 = new S3Client({ ...aws, credentials: { ...aws.credentials, accessKeyId: role } });
    const read = s3.send(new GetObjectCommand(object));
    await (reads ? read : assert.rejects(read, denied));
    await assert.rejects(s3.send(new PutObjectCommand({ ...object, Body: '{}' })), denied);
    await assert.rejects(s3.send(new DeleteObjectCommand(object)), denied);
  }
}

async function createAdministrator(aws: ClientSettings): Promise<string> {
  const RoleName = 'administrator';
  const Statement = [{ Effect: 'Allow', Action: 's3:*', Resource: '*' }];
  await query(aws, 'iam', 'CreateRole', { RoleName, AssumeRolePolicyDocument: '{}' });
  await query(aws, 'iam', 'PutRolePolicy', {
    RoleName,
    PolicyName: 'everything',
    PolicyDocument: JSON.stringify({ Version: '2012-10-17', Statement }),
  });
  return RoleName;
}

/** Removes the snapshot, which in AWS only the keeper may. */
export async function removeSnapshot({ aws, stackName, configPath }: KeptStack): Promise<void> {
  const Bucket = await snapshotBucketOf(aws, stackName);
  await new S3Client(aws).send(new DeleteObjectCommand({ Bucket, Key: snapshotKey(configPath) }));
}

function versionOf({ access: [latest] }: Awaited<ReturnType<typeof readSnapshot>>, name: 'issuer'): number {
  return latest?.parameters[name]?.version ?? 0;
}

/** When the first resource of a type was created, in seconds since the epoch. */
async function createdAt({ aws, stackName }: KeptStack, type: string): Promise<number> {
  const response = await query(aws, 'cloudformation', 'DescribeStackEvents', { StackName: stackName });
  const created = response
    .split('<member>')
    .find((event) => event.includes(`>${type}<`) && event.includes('>CREATE_COMPLETE<'));
  const [time = ''] = textsOf(created ?? '', 'Timestamp');
  assert.ok(time, `${type} was created`);
  return Date.parse(time) / 1000;
}
