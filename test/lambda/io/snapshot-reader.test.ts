import { beforeEach, describe, expect, test } from '@jest/globals';
import type { Snapshot } from '../../../lambda/core/snapshot/snapshot.ts';
import { createSnapshotReader, type GetSnapshot } from '../../../lambda/io/snapshot-reader.ts';

const SNAPSHOT: Snapshot = {
  path: '/app',
  writtenAt: 1_790_000_000,
  parametersReadAt: 1_790_000_000,
  access: [{ parameters: {} }],
  revocations: [{ parameters: {} }],
  keySets: [],
};

let now: number;
let result: Awaited<ReturnType<GetSnapshot>> | Error;
let heard: [string, ...unknown[]][];
let etags: (string | undefined)[];
let read: ReturnType<typeof createSnapshotReader>;

beforeEach(() => {
  now = SNAPSHOT.parametersReadAt * 1000;
  heard = [];
  etags = [];
  const hear =
    (name: string) =>
    (...detail: unknown[]) =>
      void heard.push([name, ...detail]);
  read = createSnapshotReader({
    get: async ({ etag }) => {
      etags.push(etag);
      if (result instanceof Error) throw result;
      return result;
    },
    path: '/app',
    maxSnapshotSeconds: 180,
    now: () => now,
    events: { snapshotRead: hear('read'), snapshotFailed: hear('failed'), snapshotFresh: hear('fresh') },
  });
});

const found = (changes: object = {}, etag = '"1"') =>
  ({ kind: 'found', etag, body: Buffer.from(JSON.stringify({ ...SNAPSHOT, ...changes })) }) as const;
const look = () => read({ first: false });

test('a snapshot stays fresh for as long as the environment says after its parameters were read', async () => {
  result = found();
  expect(await look()).toMatchObject({ fresh: true, ageMs: 0 });
  now += 179_999;
  expect(await look()).toMatchObject({ fresh: true });
  now += 1;
  expect(await look()).toMatchObject({ fresh: false, ageMs: 180_000 });
});

test('an unchanged snapshot is not sent again', async () => {
  result = found();
  const first = await look();
  result = { kind: 'unchanged' };
  expect((await look())?.snapshot).toBe(first?.snapshot);
  expect(etags).toEqual([undefined, '"1"']);
});

test('the current snapshot stays in use if S3 fails, and eventually is no longer fresh', async () => {
  result = found();
  await look();
  result = new Error('status 503');
  now += 60_000;
  expect(await look()).toMatchObject({ fresh: true });
  now += 120_000;
  expect(await look()).toMatchObject({ fresh: false });
});

describe('what is reported', () => {
  test('a failure is news once, and counted each time', async () => {
    result = { kind: 'absent' };
    await look();
    await look();
    result = new Error('status 403');
    await look();
    expect(heard.filter(([name]) => name === 'failed')).toEqual([
      ['failed', 'there is no snapshot', true],
      ['failed', 'there is no snapshot', false],
      ['failed', 'status 403', true],
    ]);
  });

  test('when there is no longer a fresh one, and when there is one again, once each', async () => {
    for (const seconds of [0, 60, 120, 60]) {
      result = found();
      now += seconds * 1000;
      await look();
    }
    result = found({ parametersReadAt: now / 1000, writtenAt: now / 1000 }, '"2"');
    await look();
    await look();
    expect(heard.filter(([name]) => name === 'fresh').map(([, fresh]) => fresh)).toEqual([false, true]);
  });
});

describe('rejects', () => {
  test.each<[string, object, string]>([
    ['a snapshot from the future', { parametersReadAt: SNAPSHOT.parametersReadAt + 301 }, 'from the future'],
    ['one whose order is', { writtenAt: SNAPSHOT.writtenAt + 301 }, 'from the future'],
    [
      'one whose parameters are',
      { access: [{ parameters: { issuer: { value: 'x', version: 1, modifiedAt: 99_999_999_999 } } }] },
      'from the future',
    ],
    ['one for parameters under another path', { path: '/other' }, 'a path other than'],
    ['one with an unknown member', { more: 1 }, 'more does not match the schema'],
    ['one without parameters', { access: [] }, 'access does not match the schema'],
    ['one whose times are in milliseconds', { writtenAt: 1.79e12 }, 'writtenAt does not match the schema'],
  ])('%s', async (_, changes, reason) => {
    result = found(changes);
    expect(await look()).toBeUndefined();
    expect(heard[0]).toEqual(['failed', expect.stringContaining(reason), true]);
  });

  test('one earlier than the current one, whatever its ETag', async () => {
    result = found();
    await look();
    result = found(
      { writtenAt: SNAPSHOT.writtenAt - 1, parametersReadAt: SNAPSHOT.parametersReadAt - 1 },
      '"0"',
    );
    expect((await look())?.snapshot.writtenAt).toBe(SNAPSHOT.writtenAt);
    // The request is for anything newer than the current one.
    await look();
    expect(etags.at(-1)).toBe('"1"');
  });

  test("keeps the document's text, which may be anything, out of the reason", async () => {
    result = found({ 'x\n"FORGED': 'y' });
    await look();
    expect(String(heard[0]?.[1])).not.toContain('FORGED');
  });
});
