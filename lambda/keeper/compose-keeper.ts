import { setTimeout as sleep } from 'node:timers/promises';
import { SECRETS } from '../contract.ts';
import type { Environment } from '../io/environment.ts';
import { fetchDocument } from '../io/fetch-document.ts';
import { ClientError } from '../io/http-client.ts';
import type { createKeeperLog } from '../io/keeper-log.ts';
import { MAKER } from '../io/make-secrets.ts';
import { createParameterReader } from '../io/parameter-store.ts';
import { createServiceClock } from '../io/service-clock.ts';
import type { SignedRequest } from '../io/signed-request.ts';
import { createS3Object, type S3Object } from '../io/snapshot-object.ts';
import { createKeeper, type KeeperResult, type KeptObject } from './keeper.ts';
import { createKeeperRun } from './keeper-run.ts';
import { createKeySetKeeper } from './key-set-keeper.ts';
import { createSecretsKeeper } from './secrets-keeper.ts';

export interface KeeperMeans {
  readonly log: ReturnType<typeof createKeeperLog>;
  /** Sends a request that is signed for `s3`. */
  readonly send: SignedRequest;
}

/** For all attempts to read an object, in ms. */
const GET_TIMEOUT_MS = 10_000;

/** The keeper with its real parts; undefined if it is off. */
export function composeKeeper(
  { configPath: path, snapshot, secrets, egress }: Environment,
  { log, send }: KeeperMeans,
): (() => Promise<KeeperResult>) | undefined {
  if (snapshot === undefined) return undefined;
  // Keys are used at fixed times, so whoever makes them must know the time.
  const clock = createServiceClock(send, Date.now);
  return createKeeperRun({
    keepSnapshot: createKeeper({
      path,
      readParameters: createParameterReader(path),
      object: keptObject(createS3Object({ ...snapshot, send })),
      keySets: createKeySetKeeper({ fetchDocument, egress, now: Date.now, events: log }),
      egress,
      now: Date.now,
      pause: (mostMs) => sleep(Math.random() * mostMs),
      events: log,
    }),
    keepSecrets:
      secrets &&
      createSecretsKeeper({
        object: keptObject(createS3Object({ ...secrets, prefix: SECRETS.prefix, send: clock.send })),
        make: MAKER,
        now: clock.now,
        events: log,
      }),
    events: log,
  });
}

const keptObject = ({ get, etag, put }: S3Object): KeptObject => ({
  async get() {
    try {
      const found = await get({ timeoutMs: GET_TIMEOUT_MS });
      return found.kind === 'found' ? found : undefined;
    } catch (error) {
      if (!(error instanceof ClientError) || error.kind !== 'too-large') throw error;
      // Nothing that the keeper writes is that large. Whatever it is, the next write replaces it.
      return { etag: await etag({ timeoutMs: GET_TIMEOUT_MS }), body: Buffer.of() };
    }
  },
  async put(text, since) {
    const written = await put(
      Buffer.from(text),
      since === undefined ? { ifNoneMatch: '*' } : { ifMatch: since.etag },
    );
    return written.kind;
  },
});
