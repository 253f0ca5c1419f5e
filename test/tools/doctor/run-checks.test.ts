import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { ClientError } from '../../../lambda/io/http-client.ts';
import { CommandFailure } from '../../../tools/arguments.ts';
import type { AwsReads } from '../../../tools/doctor/aws-reads.ts';
import { FACTS } from '../../../tools/doctor/check.ts';
import { CHECKS, checksFor } from '../../../tools/doctor/checks.ts';
import { TimeIsUp } from '../../../tools/doctor/finding-of.ts';
import { exitStatus } from '../../../tools/doctor/report.ts';
import { runChecks } from '../../../tools/doctor/run-checks.ts';
import type { World } from '../../../tools/doctor/world.ts';
import { denied, failing, goodReads, runIn, textOf, worldOf } from './doctor-world.ts';

test('with nothing wrong every check is ok', async () => {
  const results = await runIn();
  expect(results.filter(({ findings }) => findings.some(({ status }) => status !== 'ok'))).toEqual([]);
  expect(results.map(({ check }) => check.id)).toEqual(checksFor({ local: false }).map(({ id }) => id));
  expect(exitStatus(results, true)).toBe(0);
});

/** Facts that checks for both want, and that only AWS can provide. */
const OF_AWS = new Set(['door', 'clockAhead']);

describe('the list of checks', () => {
  test.each([[true], [false]])('has what a check needs before it (local: %s)', (local) => {
    const known = new Set<string>();
    for (const { id, needs, wants, gives } of checksFor({ local })) {
      expect([id, needs.filter((name) => !known.has(name))]).toEqual([id, []]);
      const later = wants.filter((name) => !known.has(name));
      // AWS is not called about the stack of npm start.
      expect([id, local ? later.filter((name) => !OF_AWS.has(name)) : later]).toEqual([id, []]);
      for (const name of gives) {
        expect(known).not.toContain(name);
        known.add(name);
      }
    }
    if (!local) expect([...known].sort()).toEqual(Object.keys(FACTS).sort());
  });

  test('has each ID and title once, and nothing about AWS for the stack of npm start', () => {
    expect(new Set(CHECKS.map(({ id }) => id)).size).toBe(CHECKS.length);
    expect(new Set(CHECKS.map(({ title }) => title)).size).toBe(CHECKS.length);
    expect(checksFor({ local: true }).map(({ id }) => id)).toEqual([
      'node',
      'dependencies',
      'local-stack',
      'parameters',
      'keys',
      'keeper',
      'call',
    ]);
  });
});

const READS = Object.keys(goodReads()).filter((name) => name !== 'clockAhead') as (keyof AwsReads)[];
const WAYS = {
  denied,
  failing,
  bug: async () => {
    throw new TypeError('undefined is not a function');
  },
  'no error': async () => Promise.reject('a text'),
  command: async () => {
    throw new CommandFailure('The function keeper failed.');
  },
  silent: () => new Promise<never>(() => {}),
  // A service that responds with something unexpected.
  nothing: async () => ({}) as never,
} as const;
type Way = keyof typeof WAYS;

/** A way of failing for each of some effects. */
const brokenReads = fc.dictionary(
  fc.constantFrom(...READS),
  fc.constantFrom(...(Object.keys(WAYS) as Way[])),
  {
    noNullPrototype: true,
  },
);
const OTHERS = ['fetchDocument', 'addressesOf', 'call'] as const satisfies readonly (keyof World)[];
const brokenOthers = fc.dictionary(
  fc.constantFrom(...OTHERS),
  fc.constantFrom<Way>('bug', 'no error', 'silent', 'nothing'),
  { noNullPrototype: true },
);

const applied = (ways: Readonly<Record<string, Way>>) =>
  Object.fromEntries(Object.entries(ways).map(([name, way]) => [name, WAYS[way]]));

/** Only something silent makes a check take all its time. */
async function runBroken(
  reads: Readonly<Record<string, Way>>,
  others: Readonly<Record<string, Way>> = {},
  ms = 20,
) {
  const world = worldOf({ aws: applied(reads) as Partial<AwsReads>, ...applied(others) });
  const timeIsUp = () =>
    new Promise<never>((_, reject) => {
      const isSilent = [...Object.values(reads), ...Object.values(others)].includes('silent');
      if (isSilent) setTimeout(() => reject(new TimeIsUp('did not finish in time')), ms);
    });
  return runChecks({ checks: checksFor(world.place), world, timeIsUp });
}

describe('whatever fails', () => {
  test('every check has its result, in order, and says what to do about what is wrong', async () => {
    await fc.assert(
      fc.asyncProperty(brokenReads, brokenOthers, async (reads, others) => {
        const results = await runBroken(reads, others);
        const sane = ![...Object.values(reads), ...Object.values(others)].includes('nothing');
        expect(results.map(({ check }) => check.id)).toEqual(checksFor({ local: false }).map(({ id }) => id));
        for (const { findings } of results) {
          expect(findings.length).toBeGreaterThan(0);
          for (const finding of findings) {
            expect(finding.detail).toMatch(/\S/);
            if (finding.status === 'warning' || finding.status === 'problem') {
              expect(finding.remedy).toMatch(/\S/);
              if (sane) expect(textOf(finding)).not.toMatch(/undefined(?! is not a function)|\[object|NaN/);
            }
          }
        }
      }),
      { numRuns: 60 },
    );
  });

  test('no check hides what another finds: two faults are both reported, unless one depends on the other', async () => {
    const expected = async (read: keyof AwsReads) => {
      const results = await runBroken({ [read]: 'bug' });
      return results.filter(({ findings }) => findings.some(({ status }) => status === 'problem'));
    };
    for (const [one, other] of [
      ['parameter', 'alarms'],
      ['door', 'targets'],
      ['alarms', 'runKeeper'],
      ['parametersUnder', 'targets'],
      ['certificate', 'parametersUnder'],
    ] as const) {
      const both = await runBroken({ [one]: 'bug', [other]: 'bug' });
      for (const result of [...(await expected(one)), ...(await expected(other))]) {
        expect(both).toContainEqual(result);
      }
    }
  });
});

describe('a check that cannot run', () => {
  test('is skipped, and names what it needs and where that comes from', async () => {
    const results = await runIn({ aws: { parametersUnder: failing } });
    const texts = results.flatMap(({ findings }) => findings.map(textOf));
    expect(texts).toContain('problem X could not be read: it broke. > Try again.');
    expect(texts).toContain('skipped needs parameters that are valid (see Parameters)');
    // It can still be invoked, and says what is in force.
    expect(texts).toContain('ok nothing is rejected; the snapshot is 2 seconds old');
  });

  test('without a permission is skipped, and the status stays', async () => {
    // Without credentials nothing can be checked.
    for (const read of READS.filter((name) => name !== 'identity')) {
      const results = await runIn({ aws: { [read]: denied } });
      expect([read, exitStatus(results, true)]).toEqual([read, 0]);
      const skips = results.flatMap(({ findings }) => findings.filter(({ status }) => status === 'skipped'));
      expect(skips.map(textOf)[0]).toContain('skipped X could not be read: access denied. > Allow it.');
    }
  });

  test('in time is a separate problem', async () => {
    // All the others finish long before, on a slow machine too.
    const results = await runBroken({ targets: 'silent' }, {}, 1000);
    const problems = results.filter(({ findings }) => findings.some(({ status }) => status === 'problem'));
    expect(problems.map(({ check }) => check.id)).toEqual(['targets']);
  });
});

test('an error of the client is not reported as a bug of the check', async () => {
  const call = async () => {
    throw new ClientError('connection', 'connect ECONNREFUSED 192.0.2.1:443');
  };
  const texts = (await runIn({ call })).flatMap(({ findings }) => findings.map(textOf));
  expect(texts.filter((text) => text.startsWith('problem'))).toEqual([
    expect.stringContaining('api.example.com refuses the connection'),
  ]);
});
