import { afterAll, beforeAll, beforeEach, expect } from '@jest/globals';
import type { TestRequest } from './alb-event.ts';
import { createKey, type SigningKey } from './keys.ts';
import { type RecordingUpstream, startRecordingUpstream } from './recording-upstream.ts';
import { CANARY, expectRejected, secretsOf } from './rejection.ts';
import { claimsOf } from './tokens.ts';
import { createWorld, JWKS_URI, type World } from './world.ts';

/** Claims whose values may not be logged or returned while the token is unverified. */
export const canaryClaims = (overrides: Record<string, unknown> = {}) =>
  claimsOf({ sub: `${CANARY}-sub`, client_id: `${CANARY}-client`, custom: `${CANARY}-custom`, ...overrides });

/** A fresh world for each test of a file, with an upstream that may not get rejected requests. */
export function underAttack(key: SigningKey = createKey('ES256')) {
  let upstream: RecordingUpstream;
  let world: World;
  beforeAll(async () => {
    upstream = await startRecordingUpstream();
  });
  afterAll(() => upstream.close());
  beforeEach(() => {
    upstream.received.length = 0;
    world = createWorld(key);
    world.parameters.upstream = upstream.origin;
  });
  return {
    key,
    get world() {
      return world;
    },
    get upstream() {
      return upstream;
    },
    /** Presents the token and asserts its rejection, without a trace of it anywhere and without fetching any URL but ours. */
    async expectRejectedToken(token: string, code: string, request: TestRequest = {}): Promise<void> {
      const response = await world.present(token, request);
      expectRejected(response, code, { world, upstream, secrets: secretsOf(token) });
      expect(world.fetched.filter((url) => url !== JWKS_URI)).toEqual([]);
    },
    /** Presents the token and asserts that the upstream got the request. */
    async expectAcceptedToken(token: string, request: TestRequest = {}): Promise<void> {
      const response = await world.present(token, request);
      expect([response.status, world.decisions.at(-1)?.reason]).toEqual([200, undefined]);
      expect(upstream.received).toHaveLength(1);
      expect(world.bugs).toEqual([]);
    },
  };
}
