import { composeAuthorizer } from '../../../lambda/authorizer.ts';
import { authorize } from '../../../lambda/core/authorize.ts';
import type { Config } from '../../../lambda/core/config/config.ts';
import { decideBy } from '../../../lambda/core/decide.ts';
import type { HttpRequest } from '../../../lambda/core/http/message.ts';
import type { Snapshot } from '../../../lambda/core/snapshot/snapshot.ts';
import type { GetSnapshot } from '../../../lambda/io/snapshot-reader.ts';
import { createKeeperWorld, JWKS_URI } from '../../support/keeper-world.ts';
import { createKey, jwksOf, type SigningKey } from '../../support/keys.ts';
import { SILENT_LOG } from '../../support/silent-log.ts';
import { AUDIENCE, ISSUER, mint } from '../../support/tokens.ts';

export const KIDS = ['a', 'b', 'c'] as const;
export type Kid = (typeof KIDS)[number];

const KEYS = new Map<Kid, SigningKey>(KIDS.map((kid) => [kid, createKey('ES256', kid)]));
const FAR = 4_000_000_000;

/** Tokens that never expire, so that only keys, configuration and revocations matter. */
const TOKENS = new Map<Kid, string>(
  KIDS.map((kid) => [
    kid,
    mint(KEYS.get(kid) as SigningKey, { iss: ISSUER, aud: AUDIENCE, sub: 'alice', exp: FAR }),
  ]),
);

export type Fault = 'ssm' | 's3' | 'issuer' | 'past';

/** What one verifier decided, and on what basis. */
export interface Verdict {
  readonly code: string;
  /** Numbers of the puts that its parameters come from; 0 for the initial ones. */
  readonly access: number;
  readonly revocations: number;
  readonly revoked: boolean;
}

/** A keeper, its verifiers, and everything around them that may change or fail. */
export function createFleet({ egress = true } = {}) {
  const world = createKeeperWorld(KEYS.get('a'));
  const { parameters, object, documents } = world;
  /** When each key was last removed from the set; absent while it is published, or if it never was. */
  const removedAt = new Map<Kid, number>();
  const published = new Set<Kid>(['a']);
  const faults = new Set<Fault>();
  const history: { etag: string; body: Uint8Array }[] = [];
  let puts = 0;
  /** The last good put of each unit. */
  const latest = { access: 0, revocations: 0, revoked: false };
  const stored = { access: true, revocations: true };

  const publish = () => {
    const keys = [...published].map((kid) => KEYS.get(kid) as SigningKey);
    const set = keys.length === 0 ? { keys: [] } : jwksOf(...keys);
    documents.set(JWKS_URI, faults.has('issuer') ? new Error('down') : set);
  };

  const getSnapshot: GetSnapshot = async (options) => {
    const [oldest] = history;
    if (!faults.has('past') || oldest === undefined) return object.getSnapshot(options);
    return { kind: 'found', ...oldest };
  };

  function createVerifier() {
    const authorizer = composeAuthorizer({
      log: SILENT_LOG,
      now: world.now,
      configPath: '/app',
      readParameters: parameters.read,
      refreshSeconds: 60,
      fetchDocument: world.fetchDocument,
      getSnapshot,
      maxSnapshotSeconds: 180,
      spread: 1,
      random: () => 0.5,
      abilities: { egress, cached: false, bodies: true },
      // Nothing hangs here: slow services are tested end to end.
      wait: () => new Promise(() => {}),
    });
    return authorizer;
  }
  const verifiers = [createVerifier(), createVerifier()];

  async function ask(index: number, kid: Kid): Promise<Verdict> {
    const authorizer = verifiers[index % verifiers.length] as ReturnType<typeof createVerifier>;
    const request: HttpRequest = {
      method: 'GET',
      path: '/api/x',
      query: '',
      headers: [['authorization', `Bearer ${TOKENS.get(kid)}`]],
      body: Buffer.of(),
    };
    const { decision, config } = await decideBy(authorizer, (inForce) =>
      authorize(request, inForce, authorizer),
    );
    return {
      code: 'code' in decision ? decision.code : decision.kind,
      ...marksOf(config),
    };
  }

  return {
    world,
    egress,
    published,
    removedAt,
    faults,
    latest,
    stored,
    ask,
    verifiers: verifiers.length,
    snapshot: (): Snapshot | undefined => (object.stored() === undefined ? undefined : object.snapshot()),
    /** Ends an environment; the next request starts another. */
    restart: (index: number) => {
      verifiers[index % verifiers.length] = createVerifier();
    },
    async keep(aheadSeconds = 0): Promise<void> {
      const before = object.stored();
      await world
        .keeper({ aheadSeconds, egress })()
        .catch(() => {});
      const after = object.stored();
      if (before !== undefined && after?.etag !== before.etag) history.push(before);
    },
    putAccess(good: boolean): void {
      puts += 1;
      parameters.put('audience', good ? `${AUDIENCE},put-${puts}` : `put-${puts},,`);
      stored.access = good;
      if (good) latest.access = puts;
    },
    putRevocations(kind: 'good' | 'revoking' | 'bad'): void {
      puts += 1;
      const entry = { jti: [`put-${puts}`], ...(kind === 'revoking' && { sub: ['alice'] }) };
      parameters.put('revocations', kind === 'bad' ? `{"put-${puts}"` : JSON.stringify({ [ISSUER]: entry }));
      stored.revocations = kind !== 'bad';
      if (kind !== 'bad') Object.assign(latest, { revocations: puts, revoked: kind === 'revoking' });
    },
    /** The current value, created again: its versions start over. */
    recreate(name: 'audience' | 'revocations'): void {
      const value = parameters.now()[name]?.value ?? '';
      parameters.delete(name);
      parameters.put(name, value);
    },
    setKey(kid: Kid, on: boolean): void {
      if (on) {
        published.add(kid);
        removedAt.delete(kid);
      } else if (published.delete(kid)) removedAt.set(kid, world.now());
      publish();
    },
    setFault(fault: Fault, on: boolean): void {
      if (on) faults.add(fault);
      else faults.delete(fault);
      parameters.fail(faults.has('ssm') ? new Error('throttled') : undefined);
      object.fail(faults.has('s3') ? new Error('status 503') : undefined);
      publish();
    },
  };
}

export type Fleet = ReturnType<typeof createFleet>;

function marksOf(config: Config | undefined): Omit<Verdict, 'code'> {
  const number = (texts: Iterable<string>) =>
    Math.max(0, ...[...texts].map((text) => Number(/^put-(\d+)$/.exec(text)?.[1] ?? 0)));
  const [provider] = config?.providers ?? [];
  const revoked = config?.revocations.get(ISSUER);
  return {
    access: number((provider?.type === 'jwks' && provider.audience) || []),
    revocations: number(revoked?.jti ?? []),
    revoked: revoked?.sub.has('alice') ?? false,
  };
}
