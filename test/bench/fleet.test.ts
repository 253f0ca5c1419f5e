import { describe, expect, test } from '@jest/globals';
import { type FleetOptions, simulateFleet } from '../../bench/scale/fleet.ts';
import { composeAuthorizer } from '../../lambda/authorizer.ts';
import { DEFAULT_PROVIDER } from '../../lambda/core/provider.ts';
import type { ReadOptions } from '../../lambda/io/find-config.ts';
import { RETRY_RULES } from '../../lambda/io/get-parameters.ts';
import { retrying } from '../../lambda/io/retrying.ts';
import { ServiceError } from '../../lambda/io/service-error.ts';
import { createSpacedReads } from '../../lambda/io/spaced-reads.ts';
import { createKeeperWorld } from '../support/keeper-world.ts';
import { SILENT_LOG } from '../support/silent-log.ts';

/** Simulated time, in seconds: three lives of a key set. */
const SECONDS = 900;

const MIDDLE = () => 0.5;

/** Lets everything run that waits for a resolved promise. */
const settle = () => new Promise((resolve) => setImmediate(resolve));

/** How often the function's own code, busy all the time, calls each service while SSM is up or throttles. */
async function requestsOf({ keeper, ssm }: { keeper: FleetOptions['keeper']; ssm: 'up' | 'down' }) {
  const world = createKeeperWorld();
  await world.run();
  if (keeper === 'dead') world.advance(600);
  const requests = { ssm: 0, issuer: 0, s3: 0 };
  const clock = createClock(world.now, (ms) => world.advance(ms / 1000));
  const read = ({ first, brief = false }: ReadOptions) =>
    retrying(
      async () => {
        requests.ssm += 1;
        await clock.wait(20);
        if (ssm === 'down') throw new ServiceError('throttled', 400, 'ThrottlingException');
        return world.parameters.now();
      },
      { ...(first && !brief ? RETRY_RULES.first : RETRY_RULES.refresh), attemptTimeoutMs: 700 },
      { now: world.now, random: MIDDLE, sleep: clock.wait },
    );
  const authorizer = composeAuthorizer({
    log: SILENT_LOG,
    now: world.now,
    configPath: '/app',
    readParameters: keeper === 'none' ? read : createSpacedReads(read, { now: world.now, random: MIDDLE }),
    refreshSeconds: 60,
    refreshAhead: 0.8,
    maxSnapshotSeconds: 180,
    spread: 1,
    random: MIDDLE,
    abilities: { egress: true, cached: false, bodies: true },
    wait: clock.wait,
    fetchDocument: async (url) => {
      requests.issuer += 1;
      await clock.wait(20);
      return world.fetchDocument(url);
    },
    getSnapshot:
      keeper === 'none'
        ? undefined
        : async (options) => {
            requests.s3 += 1;
            await clock.wait(150);
            return world.object.getSnapshot(options);
          },
  });
  void authorizer.prefetch();
  for (let step = 0; step < SECONDS * 10; step++) {
    if (keeper === 'alive' && step % 600 === 0) await world.run();
    await clock.advance(100);
    void authorizer.config().then((lookup) => {
      const provider =
        lookup.kind === 'config' && lookup.config.providers.find(({ name }) => name === DEFAULT_PROVIDER);
      if (provider) void authorizer.resolveKeys(provider, { alg: 'RS256', kid: world.key.kid });
    });
  }
  return requests;
}

/** A clock whose waits end as it is advanced. */
function createClock(now: () => number, advance: (ms: number) => void) {
  let waiting: { until: number; end: () => void }[] = [];
  return {
    wait: (ms: number) => new Promise<void>((end) => waiting.push({ until: now() + ms, end })),
    async advance(ms: number) {
      for (let left = ms; left > 0; left -= 20) {
        advance(20);
        const over = waiting.filter(({ until }) => until <= now());
        waiting = waiting.filter(({ until }) => until > now());
        for (const { end } of over) end();
        if (over.length > 0 || left === ms) await settle();
      }
    },
  };
}

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);

describe("the simulated environment calls services as often as the function's own code", () => {
  test.each([
    ['alive', 'up'],
    ['dead', 'up'],
    ['dead', 'down'],
    ['none', 'up'],
    ['none', 'down'],
  ] as const)('keeper %s, SSM %s', async (keeper, ssm) => {
    const real = await requestsOf({ keeper, ssm });
    const { requests } = simulateFleet(
      {
        environments: 1,
        keeper,
        ssmCallsPerSecond: ssm === 'up' ? 1_000 : 0,
        refreshSeconds: 60,
        seconds: SECONDS,
      },
      MIDDLE,
    );
    for (const service of ['ssm', 'issuer', 's3'] as const) {
      const difference = Math.abs(sum(requests[service]) - real[service]);
      expect(difference).toBeLessThanOrEqual(Math.ceil(real[service] / 50));
    }
  });
});
