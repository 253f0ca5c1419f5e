import type { Deployment } from '../assembly/deployment.ts';
import type { FunctionPool, FunctionPoolOptions } from '../lambda/function-pool.ts';
import { startInvokeApi } from '../lambda/invoke-api.ts';
import type { LoopbackServer } from '../loopback-server.ts';
import { type S3, type S3Options, startS3 } from '../s3/server.ts';
import type { Ssm } from '../ssm/server.ts';
import { type Keeper, SECRETS, SNAPSHOT, startKeeper } from './keeper.ts';

/** The keeper, and the parts that only it needs. */
export interface KeeperParts {
  readonly s3: S3;
  readonly keeper: Keeper;
  /** Lambda's API, to invoke the keeper by hand. */
  readonly invokeApi: LoopbackServer;
  /** Environment variables that tell a function where the snapshot is, and the shared secrets if there are any. */
  readonly environment: Readonly<Record<string, string>>;
}

/** Starts S3, then the keeper, which writes its first snapshot before this resolves. */
export async function startKeeperParts(options: {
  readonly ports: Readonly<Record<'s3' | 'lambda', number>>;
  readonly deployment: Deployment;
  readonly ssm: Ssm;
  /** Environment variables of the keeper; they override the template's and the local ones. */
  readonly environment: Readonly<Record<string, string>>;
  readonly onS3Request: S3Options['onRequest'];
  readonly startPool: (settings: Pick<FunctionPoolOptions, 'lambda' | 'overrides'>) => Promise<FunctionPool>;
  readonly log: Readonly<Record<'s3' | 'keeper' | 'invokeApi', (line: string) => void>>;
  /** Registers each part as soon as it runs, to close it later. */
  readonly open: <T extends { close(): Promise<unknown> }>(starting: Promise<T>) => Promise<T>;
}): Promise<KeeperParts> {
  const { ports, deployment, ssm, log, open } = options;
  const { account, region, configuration, parameters } = deployment;
  const s3 = await open(
    startS3({
      port: ports.s3,
      region,
      account,
      buckets: [SNAPSHOT.bucket, SECRETS.bucket],
      log: log.s3,
      onRequest: options.onS3Request,
    }),
  );
  const environment = {
    SNAPSHOT_URL: `${s3.origin}/${SNAPSHOT.bucket}/${SNAPSHOT.key}`,
    SNAPSHOT_OWNER: account,
    ...(configuration.environment.SECRETS_URL !== undefined && {
      SECRETS_URL: `${s3.origin}/${SECRETS.bucket}/${SECRETS.key}`,
    }),
  };
  const functions = await options.startPool({
    lambda: configuration,
    overrides: { AWS_ENDPOINT_URL_SSM: ssm.origin, ...environment, ...options.environment },
  });
  const keeper = await open(
    startKeeper({
      functions,
      place: deployment,
      ssm,
      parameters: parameters.map(({ name }) => name),
      log: log.keeper,
    }),
  );
  const invokeApi = await open(
    startInvokeApi({
      port: ports.lambda,
      lambda: configuration,
      invoke: functions.invoke,
      log: log.invokeApi,
    }),
  );
  return { s3, keeper, invokeApi, environment };
}
