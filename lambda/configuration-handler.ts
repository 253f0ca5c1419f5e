import { createConfigurationTarget } from './configuration/configuration-target.ts';
import { createAwsRequests } from './io/aws-requests.ts';
import { parseEnvironment } from './io/environment.ts';
import { createKeeperLog } from './io/keeper-log.ts';
import { putResponse } from './io/put-response.ts';
import { createSeedStore, createSsmClient } from './io/seed-store.ts';
import { createSecretsBucket, createSnapshotBucket } from './io/snapshot-bucket.ts';
import { composeKeeper } from './keeper/compose-keeper.ts';

const environment = parseEnvironment(process.env);
const client = createSsmClient();
const log = createKeeperLog(environment.service);
const signedFor = createAwsRequests(environment.variables);
const s3 = { owner: environment.snapshotOwner, send: signedFor('s3') };

/** The keeper, and the function behind the custom resource that creates the parameters of a deployment. */
export const handler = createConfigurationTarget({
  configPath: environment.configPath,
  storeFor: (signal) => createSeedStore(client, signal),
  put: putResponse,
  log: log.say,
  keep: composeKeeper(environment, { log, send: s3.send }),
  bucketOf: (url) => createSnapshotBucket(url, s3),
  secretsBucketOf: (url) => createSecretsBucket(url, s3),
});
