import type { Context } from 'aws-lambda';
import { CONFIGURATION_RESOURCE } from '../contract.ts';
import { RESPONSE_MS, deliverResponse, type Delivery } from '../deliver-response.ts';
import {
  requestFromCloudFormation,
  type StackResponse,
  type StackRequest,
} from '../events/cloudformation.ts';
import type { KeeperResult } from '../keeper/keeper.ts';
import { readSeededId, seededIdOf } from './seeded-id.ts';
import { parseSeeds, type Seeded, type SeedStore, seed } from './seeds.ts';

export interface ConfigurationParts extends Omit<Delivery, 'context'> {
  /** Prefix of the parameters, from the function's environment. */
  readonly configPath: string;
  /** The parameters. Calls in progress reject when `signal` is aborted. */
  readonly storeFor: (signal: AbortSignal) => SeedStore;
  /** Writes a snapshot; undefined if the keeper is off. */
  readonly keep: (() => Promise<KeeperResult>) | undefined;
  /** The bucket of the snapshot at a URL, which a stack has whether its keeper is on or off. */
  readonly bucketOf: (snapshotUrl: string) => SnapshotBucket;
  /** The bucket of the shared secrets at a URL. */
  readonly secretsBucketOf: (secretsUrl: string) => Pick<SnapshotBucket, 'empty'>;
}

/** What the custom resource does with the snapshot's bucket. */
export interface SnapshotBucket {
  /** Stores the custom resource's new physical id. */
  readonly noteId: (physicalId: string) => Promise<void>;
  /** The last id that was stored, if any. */
  readonly notedId: () => Promise<string | undefined>;
  /** Removes everything in it. */
  readonly empty: () => Promise<void>;
}

/**
 * Time within RESPONSE_MS to store the id, in ms. Without the stored id, the Delete of the previous id would empty a
 * bucket that is in use.
 */
const NOTE_MS = 5_000;

/**
 * The keeper, and CloudFormation's custom resource, which creates missing parameters and changes none. Any event that
 * is not from CloudFormation makes the keeper write a snapshot. Each request from CloudFormation gets its response
 * before the function's own time limit. If the response cannot be delivered, the function fails, and Lambda repeats the
 * request.
 */
export function createConfigurationTarget(parts: ConfigurationParts) {
  const { storeFor, put, log, keep } = parts;
  return async (event: unknown, context: Context): Promise<KeeperResult | undefined> => {
    const request = requestFromCloudFormation(event);
    if (request === undefined) {
      if (keep !== undefined) return keep();
      throw new Error(
        'The keeper is off (this deployment has keeper=false), and the event does not come from CloudFormation: it has no RequestType or no ResponseURL. Nothing was done.',
      );
    }
    const { type } = request;
    const signal = AbortSignal.timeout(Math.max(0, context.getRemainingTimeInMillis() - RESPONSE_MS));
    const response = await handleRequest(request, storeFor(signal), parts, signal).catch(
      (error: Error): StackResponse => ({
        kind: 'failure',
        physicalId: request.physicalId ?? nothingCreated(request),
        reason: reasonOf(type, error),
      }),
    );
    await deliverResponse(request, response, { log, put, context });
    return undefined;
  };
}

function reasonOf(type: string, { message }: Error): string {
  if (type === 'Delete') {
    return `Emptying the stack's buckets failed: ${message}. The parameters stay as they are. Fix this, or empty the buckets yourself, and delete the stack again.`;
  }
  const what = type === 'Update' ? 'Updating' : 'Creating';
  return `${what} the SSM parameters failed: ${message}. No existing parameter was changed. Fix this and deploy again.`;
}

async function handleRequest(
  request: StackRequest,
  store: SeedStore,
  parts: ConfigurationParts,
  signal: AbortSignal,
): Promise<StackResponse> {
  const { log, keep, bucketOf, secretsBucketOf } = parts;
  const { type, stackId, physicalId, properties, oldProperties } = request;
  const url = urlIn(properties, 'SnapshotUrl');
  const goneUrl = url === undefined ? urlIn(oldProperties, 'SnapshotUrl') : undefined;
  const bucket = url === undefined ? undefined : bucketOf(url);
  const secretsUrl = urlIn(properties, 'SecretsUrl');
  if (type === 'Delete') {
    const id = physicalId ?? nothingCreated(request);
    const secrets = secretsUrl === undefined ? undefined : secretsBucketOf(secretsUrl);
    if (bucket !== undefined) {
      const buckets = [...(secrets ? [secrets] : []), bucket];
      await within(signal, emptyAfter(id, properties, { noted: bucket, buckets }, parts));
    }
    // The parameters belong to the operator, so they stay.
    return success(id, new Map());
  }
  if (type !== 'Create' && type !== 'Update') {
    throw new Error(`RequestType must be Create, Update or Delete, but is ${JSON.stringify(type)}`);
  }
  const result = parseSeeds(properties);
  if ('problems' in result)
    throw new Error(`the properties of the custom resource are wrong: ${result.problems.join('; ')}`);
  const seeds = result.value;

  const before = readSeededId(physicalId);
  const known = before.get(seeds.path) ?? new Map();
  const { seeded, encrypted } = await seed(seeds, { known, stackId, store }).catch((error: Error) => {
    if (!seeds.seeds.every(({ name }) => known.has(name))) throw error;
    // They were all seeded before, so nothing depends on this. A failed Update during a rollback would leave the
    // stack stuck.
    log('WARN', 'parameters could not be checked; they stay as they are', { reason: error.message });
    return { seeded: known, encrypted: [] };
  });
  if (encrypted.length > 0) {
    log(
      'WARN',
      'the verifier does not decrypt, so it cannot use these parameters; delete each SecureString and create it with the type that the docs give',
      { encrypted },
    );
  }
  const id = seededIdOf(seeds.path, seeded, before);
  // A deployment works even if the rest fails: parameters may still be placeholders, and an issuer may be down.
  const unlessFailed = (message: string) => (error: Error) => log('WARN', message, { reason: error.message });
  if (bucket !== undefined) {
    await within(AbortSignal.timeout(NOTE_MS), bucket.noteId(id)).catch(
      unlessFailed("the custom resource's id could not be stored in the snapshot's bucket"),
    );
  }
  const emptied = (open: () => Pick<SnapshotBucket, 'empty'>, otherwise: string) =>
    within(signal, (async () => open().empty())()).catch(unlessFailed(otherwise));
  const formerUrl = urlIn(oldProperties, 'SecretsUrl');
  if (formerUrl !== undefined && formerUrl !== secretsUrl) {
    // If secrets are turned off, the end of this update deletes the bucket, provided that it is empty by then.
    await emptied(
      () => secretsBucketOf(formerUrl),
      'the bucket of the shared secrets could not be emptied, so it stays; delete it by hand',
    );
  }
  if (goneUrl !== undefined) {
    // A rollback to a version without a bucket. CloudFormation deletes the bucket only if it is empty.
    await emptied(() => bucketOf(goneUrl), "the snapshot's bucket could not be emptied");
  } else if (keep !== undefined) {
    await within(signal, keep()).catch(
      unlessFailed('the snapshot could not be written; a later run will write it'),
    );
  }
  return success(id, seeded);
}

interface EmptiedBuckets {
  /** Holds the custom resource's id, so it is emptied last. */
  readonly noted: SnapshotBucket;
  readonly buckets: readonly Pick<SnapshotBucket, 'empty'>[];
}

/**
 * Empties the buckets of a custom resource that is gone. If the response to an Update has another id, CloudFormation
 * sends a Delete for the previous id while the contents of the buckets are still in use.
 */
async function emptyAfter(
  id: string,
  properties: unknown,
  { noted: { notedId }, buckets }: EmptiedBuckets,
  { configPath, log }: ConfigurationParts,
): Promise<void> {
  const { Path: path } = (properties ?? {}) as { readonly Path?: unknown };
  const noted = await notedId();
  // An id that is not ours is CloudFormation's own, for a Create whose response it did not wait for.
  const isCurrent = noted === undefined || noted === id || readSeededId(id).size === 0;
  if (isCurrent && path === configPath) {
    for (const bucket of buckets) await bucket.empty();
    return;
  }
  log('INFO', 'the custom resource continues under another id, so its snapshot stays', { id, noted, path });
}

function urlIn(properties: unknown, name: 'SnapshotUrl' | 'SecretsUrl'): string | undefined {
  const url = ((properties ?? {}) as Readonly<Record<string, unknown>>)[name];
  return typeof url === 'string' ? url : undefined;
}

/** Settles like the promise, but rejects once the time is up. */
async function within<T>(signal: AbortSignal, promise: Promise<T>): Promise<T> {
  let stop = () => {};
  const timeout = new Promise<never>((_, reject) => {
    stop = () => reject(new Error('there was no time left'));
    signal.addEventListener('abort', stop, { once: true });
    if (signal.aborted) stop();
  });
  return Promise.race([promise, timeout]).finally(() => signal.removeEventListener('abort', stop));
}

function success(physicalId: string, seeded: Seeded): StackResponse {
  const adopted = [...seeded].flatMap(([name, { adopted: was }]) => (was ? name : []));
  const attributes = { [CONFIGURATION_RESOURCE.adopted]: adopted.join(',') || 'none' };
  return { kind: 'success', physicalId, attributes };
}

/** The physical id in the response to a failed Create. CloudFormation sends it back with a Delete. */
function nothingCreated({ logicalId }: StackRequest): string {
  return `${logicalId}: nothing created`;
}
