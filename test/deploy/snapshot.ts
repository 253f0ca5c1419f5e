import assert from 'node:assert/strict';
import { GetObjectCommand, HeadObjectCommand, ListBucketsCommand, S3Client } from '@aws-sdk/client-s3';
import { DEFAULT_CONFIG_PATH, snapshotKey } from '../../lambda/contract.ts';
import { parseSnapshot, type Snapshot } from '../../lambda/core/snapshot/snapshot.ts';
import { callJson } from './aws-calls.ts';
import type { ClientSettings } from './cloud.ts';
import { resourcesIn } from './stack.ts';

/** The bucket of a stack's snapshot. */
export async function snapshotBucketOf(aws: ClientSettings, stackName: string): Promise<string> {
  const resources = await resourcesIn(aws, stackName);
  const [bucket, ...others] = resources.filter(
    ({ id, type }) => type === 'AWS::S3::Bucket' && id.startsWith('ConfigurationSnapshot'),
  );
  assert.ok(bucket);
  assert.deepEqual(others, []);
  return bucket.physicalId;
}

/** The buckets of snapshots in the account. */
export async function snapshotBuckets(aws: ClientSettings): Promise<string[]> {
  const { Buckets = [] } = await new S3Client(aws).send(new ListBucketsCommand({}));
  return Buckets.map(({ Name = '' }) => Name).filter((name) => name.includes('snapshot'));
}

/** The snapshot in a bucket. Throws unless there is one that a verifier could use. */
export async function readSnapshot(
  aws: ClientSettings,
  bucket: string,
  configPath = DEFAULT_CONFIG_PATH,
): Promise<Snapshot> {
  const { Body } = await new S3Client(aws).send(
    new GetObjectCommand({ Bucket: bucket, Key: snapshotKey(configPath) }),
  );
  const snapshot = parseSnapshot((await Body?.transformToByteArray()) ?? Buffer.of());
  assert.ok(!('problem' in snapshot), JSON.stringify(snapshot));
  return snapshot;
}

/** The KMS key that encrypts a stack's snapshot, if any. */
export async function snapshotKeyOf(
  aws: ClientSettings,
  stackName: string,
  configPath = `/${stackName}`,
): Promise<string | undefined> {
  const Bucket = await snapshotBucketOf(aws, stackName);
  const { SSEKMSKeyId } = await new S3Client(aws).send(
    new HeadObjectCommand({ Bucket, Key: snapshotKey(configPath) }),
  );
  return SSEKMSKeyId;
}

/** The values that verifiers read from a snapshot, by the names of the parameters. */
export function valuesIn({ access, revocations }: Snapshot): Record<string, string> {
  const inForce = [access, revocations].flatMap((readings) => {
    const good = readings.find(({ refused }) => refused === undefined) ?? readings[0];
    return Object.entries(good?.parameters ?? {});
  });
  return Object.fromEntries(inForce.map(([name, { value }]) => [name, value]));
}

/** Sends the event of a changed parameter, as SSM does, and returns when the rules' targets have finished. */
export async function announceChange(aws: ClientSettings, name: string): Promise<void> {
  await putEvent(aws, {
    Source: 'aws.ssm',
    DetailType: 'Parameter Store Change',
    Resources: [`arn:aws:ssm:${aws.region}:123456789012:parameter${name}`],
    Detail: JSON.stringify({ name, operation: 'Update', type: 'String' }),
  });
}

/** Sends the event of a rule's schedule, and returns when its target has finished. */
export async function passMinute(aws: ClientSettings, rule: string): Promise<void> {
  await putEvent(aws, {
    Source: 'aws.events',
    DetailType: 'Scheduled Event',
    Resources: [`arn:aws:events:${aws.region}:123456789012:rule/${rule}`],
    Detail: '{}',
  });
}

async function putEvent(aws: ClientSettings, entry: Readonly<Record<string, unknown>>): Promise<void> {
  await callJson(aws, 'events', 'AWSEvents.PutEvents', { Entries: [entry] });
}
