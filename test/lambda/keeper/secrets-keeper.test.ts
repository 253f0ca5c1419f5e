import { beforeEach, describe, expect, test } from '@jest/globals';
import { createKeeperLog } from '../../../lambda/io/keeper-log.ts';
import { MAKER } from '../../../lambda/io/make-secrets.ts';
import { createKeeperRun } from '../../../lambda/keeper/keeper-run.ts';
import { createSecretsKeeper } from '../../../lambda/keeper/secrets-keeper.ts';
import { createObject } from '../../support/keeper-world.ts';
import { createMaker, secretsIn } from '../../support/secrets.ts';
import { NOW } from '../../support/tokens.ts';

const HOUR = 3600;
const DAY = 24 * HOUR;

function createWorld() {
  const object = createObject();
  const maker = createMaker();
  const lines: string[] = [];
  const log = createKeeperLog('service', (text) => lines.push(text));
  let clock = NOW;
  const keeper = (make = maker, aheadSeconds = 0) =>
    createSecretsKeeper({ object, make, now: () => (clock + aheadSeconds) * 1000, events: log });
  return {
    object,
    maker,
    lines,
    log,
    keeper,
    run: keeper(),
    advance: (seconds: number) => {
      clock += seconds;
    },
    secrets: () => secretsIn(object.stored()?.body),
  };
}

let world: ReturnType<typeof createWorld>;
beforeEach(() => {
  world = createWorld();
});

describe('a run', () => {
  test('makes the first key and the first nonce secret, and writes nothing while none is due', async () => {
    await world.run();
    world.advance(60);
    await world.run();
    expect(world.object.writes()).toBe(1);
    expect(world.secrets()).toMatchObject({
      writtenAt: NOW,
      signingKeys: [{ notBefore: NOW + 60 }],
      nonceSecrets: [{ notBefore: NOW }],
    });
  });

  test('adds the next ones beside them', async () => {
    await world.run();
    const before = world.secrets();
    world.advance(23 * DAY + 60);
    await world.run();
    expect(world.secrets().signingKeys).toEqual([...before.signingKeys, expect.anything()]);
  });

  test('that is overtaken keeps what the other one made, and makes nothing', async () => {
    const other = createMaker('other');
    world.object.interruptNext(world.keeper(other));
    await world.run();
    expect(world.object.writes()).toBe(1);
    expect(world.secrets().signingKeys.map(({ privateKey }) => privateKey.d)).toEqual([other.made[0]]);
  });

  test('that keeps being overtaken gives up', async () => {
    const overtake = async (): Promise<void> => {
      world.object.replace('{');
      world.object.interruptNext(overtake);
    };
    world.object.interruptNext(overtake);
    await expect(world.run()).rejects.toThrow('other keepers wrote');
  });

  test('writes nothing if the object was removed in the meantime, because its stack is being deleted', async () => {
    await world.run();
    world.advance(12 * HOUR);
    world.object.interruptNext(async () => world.object.remove());
    await expect(world.run()).rejects.toThrow('removed');
    expect(world.object.stored()).toBeUndefined();
  });

  test('cannot continue from an old object that S3 returns', async () => {
    await world.run();
    const old = world.object.stored();
    world.advance(12 * HOUR);
    await world.run();
    const { get } = world.object;
    const before = world.secrets();
    world.object.get = async () => old;
    world.advance(23 * DAY);
    await expect(world.keeper()()).rejects.toThrow('other keepers wrote');
    world.object.get = get;
    expect(world.secrets()).toEqual(before);
  });

  test('fails if S3 does, and leaves the object alone', async () => {
    await world.run();
    world.object.fail(new Error('status 403, AccessDenied: no kms:Decrypt'));
    await expect(world.run()).rejects.toThrow('kms:Decrypt');
    world.object.fail(undefined);
    expect(world.object.writes()).toBe(1);
  });

  test.each(['{', '', '{"format":2}'])(
    'replaces an object that is not a document of secrets: %j',
    async (text) => {
      world.object.replace(text);
      await world.run();
      expect(world.secrets().signingKeys).toHaveLength(1);
      expect(world.lines.join()).toContain('the shared secrets are replaced');
    },
  );
});

describe('a run of the keeper', () => {
  const result = { versions: {}, parametersReadAt: NOW, refused: [] };
  const failing = (reason: string) => async () => {
    throw new Error(reason);
  };
  const done: string[] = [];
  beforeEach(() => {
    done.length = 0;
  });
  const keepSnapshot = async () => {
    done.push('snapshot');
    return result;
  };
  const keepSecrets = async () => void done.push('secrets');
  const counted = () => world.lines.filter((line) => line.includes('"KeeperFailures":1')).length;

  test('updates the snapshot, then the secrets, and returns the same as without secrets', async () => {
    expect(await createKeeperRun({ keepSnapshot, keepSecrets, events: world.log })()).toBe(result);
    expect(await createKeeperRun({ keepSnapshot, keepSecrets: undefined, events: world.log })()).toBe(result);
    expect(done).toEqual(['snapshot', 'secrets', 'snapshot']);
    expect(world.lines).toEqual([]);
  });

  test('updates the secrets even if the snapshot fails, and fails', async () => {
    const run = createKeeperRun({ keepSnapshot: failing('throttled'), keepSecrets, events: world.log });
    await expect(run()).rejects.toThrow('throttled');
    expect([done, counted()]).toEqual([['secrets'], 1]);
  });

  test('updates the snapshot even if the secrets fail, and fails', async () => {
    const run = createKeeperRun({ keepSnapshot, keepSecrets: failing('no key'), events: world.log });
    await expect(run()).rejects.toThrow('no key');
    expect([done, counted()]).toEqual([['snapshot'], 1]);
    expect(world.lines.join()).toContain('the shared secrets could not be kept');
  });

  test('reports both failures if both fail', async () => {
    const run = createKeeperRun({
      keepSnapshot: failing('throttled'),
      keepSecrets: failing('no key'),
      events: world.log,
    });
    await expect(run()).rejects.toThrow('throttled');
    expect(counted()).toBe(2);
    expect(world.lines.join()).toMatch(/throttled.*no key/s);
  });
});

describe('nothing secret is revealed', () => {
  /** Everything that a keeper prints in every situation, and the secrets involved. */
  async function everything(make: typeof MAKER) {
    const printed: unknown[] = [];
    const secret = new Set<string>();
    const run = world.keeper(make as typeof world.maker);
    const step = async () => {
      printed.push(await run().catch((error: Error) => [error.message, error.stack, { ...error }]));
      for (const { privateKey } of world.secrets().signingKeys) secret.add(privateKey.d);
      for (const { secret: bytes } of world.secrets().nonceSecrets) secret.add(bytes);
    };
    for (let day = 0; day < 70; day++) {
      await step();
      world.advance(DAY);
    }
    const text = String(world.object.stored()?.body);
    for (const broken of [text.slice(1), text.replace('"kid"', '"k"'), text.replace(/"d":"/, '"d":"!')]) {
      world.object.replace(broken);
      await step();
    }
    world.object.interruptNext(world.keeper());
    world.advance(30 * DAY);
    await step();
    return { printed: JSON.stringify([printed, world.lines]), secret: [...secret] };
  }

  test('in a log line, an error, a metric or a response', async () => {
    const { printed, secret } = await everything(MAKER);
    expect(world.lines.join()).toContain('the shared secrets have changed');
    expect(secret.length).toBeGreaterThan(70);
    for (const bytes of secret) {
      expect(printed).not.toContain(bytes);
      expect(printed).not.toContain(bytes.slice(0, 16));
    }
  });
});
