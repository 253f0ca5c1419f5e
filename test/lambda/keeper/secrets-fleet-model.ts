import {
  acceptedNonceSecretsAt,
  nonceSecretAt,
  publishedKeysAt,
  signingKeyAt,
} from '../../../lambda/core/secrets/in-use.ts';
import type { Secrets } from '../../../lambda/core/secrets/secrets.ts';
import { createSecretsReader } from '../../../lambda/io/secrets-reader.ts';
import type { StoredObject } from '../../../lambda/keeper/keeper.ts';
import { createSecretsKeeper } from '../../../lambda/keeper/secrets-keeper.ts';
import { createObject } from '../../support/keeper-world.ts';
import { createMaker, secretsIn } from '../../support/secrets.ts';
import { NOW } from '../../support/tokens.ts';

export const MINUTE = 60;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

/** How far each verifier's clock is ahead of the world's, in seconds. */
const AHEAD = [0, 15, -15];

/** Each one's refresh interval, in seconds: the default, and the longest possible. */
const REFRESH = [60, 3600, 3600];

/** What a verifier would do at one time. */
export interface Use {
  readonly secrets: Secrets;
  readonly signsWith: string | undefined;
  readonly publishes: readonly string[];
  readonly makesNoncesOf: string | undefined;
  readonly accepts: readonly string[];
}

/** Keepers and verifiers that share secrets, with everything around them that may change or fail. */
export function createSecretsFleet() {
  let clock = NOW;
  let keepers = 0;
  const object = createObject();
  const history: StoredObject[] = [];
  let past = false;
  let down = false;
  /** When the last fault ended. */
  let troubledAt = Number.NEGATIVE_INFINITY;

  /** S3's response, which may be the initial object. */
  const given = async (): Promise<StoredObject | undefined> => {
    const current = await object.get();
    return past ? (history[0] ?? current) : current;
  };

  /** A keeper whose clock is ahead of the world's by this many seconds. */
  const keeper = (aheadSeconds = 0) => {
    keepers += 1;
    const run = createSecretsKeeper({
      object: { get: given, put: object.put },
      make: createMaker(`keeper ${keepers}`),
      now: () => (clock + aheadSeconds) * 1000,
      events: { note: () => {}, secretsChanged: () => {} },
    });
    return async (): Promise<boolean> => {
      const before = object.stored();
      const done = await run().then(
        () => true,
        () => false,
      );
      if (before !== undefined && object.stored()?.etag !== before.etag) history.push(before);
      return done;
    };
  };

  const verifier = (index: number) =>
    createSecretsReader({
      object: {
        async get({ etag }) {
          const stored = await given();
          if (stored === undefined) return { kind: 'absent' };
          if (stored.etag === etag) return { kind: 'unchanged' };
          return { kind: 'found', etag: stored.etag, body: Buffer.from(stored.body) };
        },
      },
      refreshSeconds: REFRESH[index] ?? 60,
      now: () => (clock + (AHEAD[index] ?? 0)) * 1000,
      events: { secretsFailed: () => {} },
    });
  const verifiers = AHEAD.map((_, index) => verifier(index));

  return {
    verifiers: verifiers.length,
    now: () => clock,
    advance: (seconds: number) => {
      if (past || down) troubledAt = clock;
      clock += seconds;
    },
    keep: (aheadSeconds = 0) => keeper(aheadSeconds)(),
    /** Two at the same time; one is overtaken. */
    async keepTogether(): Promise<boolean> {
      object.interruptNext(keeper(10));
      return keeper(-10)();
    },
    restart: (index: number) => {
      verifiers[index] = verifier(index);
    },
    setDown(on: boolean): void {
      if (down) troubledAt = clock;
      down = on;
      object.fail(on ? new Error('status 503') : undefined);
    },
    setPast(on: boolean): void {
      if (past) troubledAt = clock;
      past = on;
    },
    /** How long every verifier that tried could read; undefined while some cannot. */
    calmFor: (): number | undefined => (past || down ? undefined : clock - troubledAt),
    stored: (): Secrets | undefined => {
      const stored = object.stored();
      return stored && secretsIn(stored.body);
    },
    /** When the next window of the stored document begins or ends. */
    nextChange(): number {
      const { signingKeys = [], nonceSecrets = [] } = this.stored() ?? {};
      const times = [...signingKeys, ...nonceSecrets].flatMap((entry) => [
        entry.notBefore,
        entry.useUntil,
        'publishUntil' in entry ? entry.publishUntil : entry.useUntil,
      ]);
      return Math.min(...times.filter((time) => time > clock + MINUTE), clock + 40 * DAY);
    },
    async use(index: number): Promise<Use | undefined> {
      const secrets = await verifiers[index]?.();
      if (secrets === undefined) return undefined;
      const at = clock + (AHEAD[index] ?? 0);
      return {
        secrets,
        signsWith: signingKeyAt(secrets, at)?.kid,
        publishes: publishedKeysAt(secrets, at).map(({ kid }) => kid),
        makesNoncesOf: nonceSecretAt(secrets, at)?.secret,
        accepts: acceptedNonceSecretsAt(secrets, at).map(({ secret }) => secret),
      };
    },
  };
}

export type SecretsFleet = ReturnType<typeof createSecretsFleet>;
