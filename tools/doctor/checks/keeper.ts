import type { ParameterName } from '../../../lambda/contract.ts';
import type { Reading } from '../../../lambda/core/config/reading.ts';
import type { KeeperAnswer } from '../../../lambda/keeper/keeper.ts';
import { CommandFailure } from '../../arguments.ts';
import { AwsFailure } from '../../aws-call.ts';
import { defineCheck, type Finding, found, ok, problem, skipped } from '../check.ts';

/** A snapshot that is older counts as stale by half, in seconds: the keeper has just been run. */
const OLD_SECONDS = 90;

const REMEDY = 'See why: docs/runbook.md#the-keeper-fails';

const keeper = defineCheck({
  id: 'keeper',
  title: 'Keeper',
  about:
    'runs it once, as every minute does: whether it can read and write, whether the versions in force are those in SSM, and what it refuses',
  actions: ['lambda:InvokeFunction'],
  scope: 'everywhere',
  needs: ['stack', 'path'],
  wants: ['reading'],
  async run({ stack, path, reading }, { aws, now }) {
    const name = stack.outputs.KeeperFunction;
    if (name === undefined) {
      return found(
        skipped(
          'this deployment runs without one, or is not complete: verifiers read the parameters themselves',
        ),
      );
    }
    const answer = await aws.runKeeper(name, stack).catch((error: unknown) => {
      if (error instanceof CommandFailure && !(error instanceof AwsFailure)) return error;
      throw error;
    });
    if (answer instanceof CommandFailure) return found(problem(answer.message, REMEDY));
    return found(judgeAnswer(answer, { reading, path, now: now() / 1000 }));
  },
});

/** What the keeper's answer says, against what SSM had a moment before. Times are in seconds. */
export function judgeAnswer(
  { versions, parametersReadAt, refused }: KeeperAnswer,
  {
    reading,
    path,
    now,
  }: { readonly reading: Reading | undefined; readonly path: string; readonly now: number },
): readonly Finding[] {
  const age = Math.max(0, Math.round(now - parametersReadAt));
  const behind = Object.entries(reading ?? {}).flatMap(([name, { version }]) => {
    const inForce = versions[name as ParameterName];
    return inForce !== undefined && inForce >= version
      ? []
      : [`${name} ${inForce ?? 'none'} and not ${version}`];
  });
  const findings = [
    ...refused.map((said) =>
      problem(
        `refused: ${said}`,
        `What was good before stays in force. Correct the parameter: docs/runbook.md#a-changed-parameter-does-not-take-effect`,
      ),
    ),
    // What is refused is behind for that reason.
    ...(behind.length > 0 && refused.length === 0
      ? [
          problem(
            `in force is ${behind.join(', ')}, under ${path}`,
            'If somebody has just put it, run this again. If not: docs/runbook.md#a-changed-parameter-does-not-take-effect',
          ),
        ]
      : []),
    ...(age > OLD_SECONDS
      ? [problem(`the snapshot says that the parameters were read ${age} seconds ago`, REMEDY)]
      : []),
  ];
  if (findings.length > 0) return findings;
  const said = reading === undefined ? 'nothing is refused' : 'the versions in SSM are in force';
  return [ok(`${said}; the snapshot is ${age} seconds old`)];
}

export const KEEPER_CHECKS = [keeper] as const;
