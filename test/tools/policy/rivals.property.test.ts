import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { ParameterName } from '../../../lambda/contract.ts';
import { ownNoteOf } from '../../../tools/policy/history.ts';
import { put } from '../../../tools/policy/put.ts';
import { readRevocations, revocationLines } from '../../../tools/policy/revocation-edit.ts';
import { revoke } from '../../../tools/policy/revoke.ts';
import { rollback } from '../../../tools/policy/rollback.ts';
import { createPolicyWorld, ISSUER, type PolicyWorld } from './policy-world.ts';

/** Edits of a rival, each before the call with this number. */
const edits = fc.array(
  fc.record({
    call: fc.nat(14),
    name: fc.constantFrom<ParameterName>('policy', 'upstream', 'revocations'),
    own: fc.boolean(),
  }),
  { maxLength: 4 },
);
type Edit = { readonly call: number; readonly name: ParameterName; readonly own: boolean };

const VALUES: Record<string, (mark: number) => string> = {
  policy: (mark) =>
    JSON.stringify({ unmatched: 'deny', routes: [{ path: `/api/theirs-${mark}`, scopes: ['a'] }] }),
  upstream: (mark) => `https://theirs-${mark}.example`,
  revocations: (mark) => JSON.stringify({ [ISSUER]: { jti: [`theirs-${mark}`] } }),
};

/** Lets somebody else edit the store. Returns the edits, by parameter and version. */
function rival(world: PolicyWorld, planned: readonly Edit[]): string[] {
  const made: string[] = [];
  let calls = 0;
  world.before = () => {
    const call = calls++;
    for (const [mark, { name, own }] of planned.entries()) {
      if (planned[mark]?.call !== call) continue;
      // With its own description, or with the previous one, which SSM keeps.
      world.edit(name, VALUES[name]?.(mark) ?? '', own ? 'mine' : undefined);
      made.push(`${name}=${world.versions(name).at(-1)?.version}`);
    }
  };
  return made;
}

/** The versions of others that a put of this command followed, as its output names them. */
const overwrittenIn = (world: PolicyWorld, made: readonly string[]): string[] =>
  made.filter((one) => {
    const [name = '', version] = one.split('=');
    const history = world.versions(name as ParameterName);
    return ownNoteOf(history, Number(version) + 1) !== undefined;
  });

describe('whenever somebody else edits', () => {
  test('a put that overwrites something unread says what, and how to restore it', async () => {
    await fc.assert(
      fc.asyncProperty(edits, fc.boolean(), async (planned, back) => {
        const world = createPolicyWorld();
        const given = {
          policy: JSON.stringify({ unmatched: 'deny', routes: [{ path: '/api/ours', scopes: ['a'] }] }),
          revocations: JSON.stringify({ [ISSUER]: { jti: ['ours'] } }),
        };
        if (back) await put(world.session(), { given, ifVersion: {} });
        const before = world.values();
        world.lines.length = 0;
        const made = rival(world, planned);
        // The first call is the read, so it has seen any edit before it.
        let seen: number | undefined;
        const { before: edit } = world;
        world.before = (...call) => {
          edit(...call);
          seen ??= made.length;
        };
        const act = back
          ? rollback(world.session(), { to: { kind: 'before-last-change' }, ifVersion: {} })
          : put(world.session(), { given, ifVersion: {} });
        const { status } = await act;
        world.before = () => {};
        const lost = overwrittenIn(world, made.slice(seen));
        for (const one of lost) expect(world.text()).toContain(`rollback --to ${one}`);
        if (lost.length > 0) expect(status).toBe(1);
        // If it says that everything is put, it is.
        if (status === 0 && planned.length === 0) expect(world.values()).not.toEqual(before);
      }),
      { numRuns: 150 },
    );
  });

  test('in the end the store has the revocation, and everything that others have put', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(12), { maxLength: 5 }), async (calls) => {
        const world = createPolicyWorld();
        const marks: string[] = [];
        let count = 0;
        world.before = () => {
          const call = count++;
          for (const mark of calls.filter((one) => one === call)) {
            marks.push(`r${mark}-${marks.length}`);
            // Reads and writes in one step, so its own edit loses nothing.
            const now = JSON.parse(world.value('revocations') ?? '{}');
            const jti = [...(now[ISSUER]?.jti ?? []), marks.at(-1)];
            world.edit('revocations', JSON.stringify({ ...now, [ISSUER]: { ...now[ISSUER], jti } }));
          }
        };
        const asked = { issuer: ISSUER, jti: ['ours'], sub: [], clientId: [], issuedBefore: undefined, pasted: undefined, by: undefined }; // biome-ignore format: one line
        const { status } = await revoke(world.session(), 'revoke', asked);
        expect(status).toBe(0);
        expect(new Set(JSON.parse(world.value('revocations') ?? '{}')[ISSUER].jti)).toEqual(
          new Set(['ours', ...marks]),
        );
      }),
      { numRuns: 150 },
    );
  });
});

test('however the calls of several operators interleave, in the end the store has every revocation', async () => {
  await fc.assert(
    fc.asyncProperty(fc.scheduler(), fc.integer({ min: 2, max: 4 }), async (scheduler, operators) => {
      const world = createPolicyWorld();
      const { store } = world.session();
      const inTurn = {
        ...store,
        read: scheduler.scheduleFunction(store.read),
        history: scheduler.scheduleFunction(store.history),
        valuesOf: scheduler.scheduleFunction(store.valuesOf),
        put: scheduler.scheduleFunction(store.put),
      };
      let ids = 0;
      const all = Array.from({ length: operators }, (_, index) => `by-${index}`);
      const running = all.map((jti) =>
        revoke(
          world.session({
            store: inTurn,
            wait: false,
            newId: () => String(++ids).padStart(12, '0'),
          }),
          'revoke',
          {
            issuer: ISSUER,
            jti: [jti],
            sub: [],
            clientId: [],
            issuedBefore: undefined,
            pasted: undefined,
            by: undefined,
          },
        ),
      );
      const done = Promise.all(running);
      await scheduler.waitFor(done);
      expect((await done).map(({ status }) => status)).toEqual(all.map(() => 0));
      const read = readRevocations(world.value('revocations') ?? '');
      const lines = 'value' in read ? revocationLines(read.value) : [];
      expect(lines.sort()).toEqual(all.map((jti) => `${ISSUER}: jti ${jti}`));
    }),
    { numRuns: 100 },
  );
});
