import type { ParameterName } from '../../../lambda/contract.ts';
import type { Reading } from '../../../lambda/core/config/reading.ts';
import type { KeeperResult } from '../../../lambda/keeper/keeper.ts';
import { CommandFailure } from '../../arguments.ts';
import { AwsFailure } from '../../aws-call.ts';
import { defineCheck, type Finding, found, ok, problem, skipped } from '../check.ts';

/** The keeper has just run, so a snapshot older than this, half of what counts as stale, is a problem. In seconds. */
const OLD_SECONDS = 90;

const REMEDY = 'See why: docs/runbook.md#the-keeper-fails';

const keeper = defineCheck({
  id: 'keeper',
  title: 'Keeper',
  about:
    'runs it once, as its schedule does every minute: whether it can read and write, whether the versions in force are those in SSM, and what it rejects',
  actions: ['lambda:InvokeFunction'],
  scope: 'everywhere',
  needs: ['stack', 'path'],
  wants: ['reading', 'config', 'clockAhead'],
  async run({ stack, path, reading, config, clockAhead = 0 }, { aws, now }) {
    const name = stack.outputs.KeeperFunction;
    if (name === undefined) {
      return found(
        skipped(
          'this deployment runs without one, or is not complete: verifiers read the parameters themselves',
        ),
      );
    }
    const result = await aws.runKeeper(name, stack).catch((error: unknown) => {
      if (error instanceof CommandFailure && !(error instanceof AwsFailure)) return error;
      throw error;
    });
    if (result instanceof CommandFailure) return found(problem(result.message, REMEDY));
    // The check Parameters has already reported what is wrong with them.
    const isReported = reading !== undefined && config === undefined;
    return found(judgeResult(result, { reading, isReported, path, now: now() / 1000 - clockAhead }));
  },
});

interface Known {
  /** What SSM had a moment earlier. */
  readonly reading: Reading | undefined;
  /** Whether another check has reported what is wrong with it. */
  readonly isReported: boolean;
  readonly path: string;
  /** Seconds since the epoch, by the clock of AWS. */
  readonly now: number;
}

/** The findings from the keeper's response. */
export function judgeResult(
  { versions, parametersReadAt, refused }: KeeperResult,
  { reading, isReported, path, now }: Known,
): readonly Finding[] {
  const age = Math.max(0, Math.round(now - parametersReadAt));
  const behind = Object.entries(reading ?? {}).flatMap(([name, { version }]) => {
    const inForce = versions[name as ParameterName];
    return inForce !== undefined && inForce >= version
      ? []
      : [`version ${version} of ${name} (${inForce ?? 'none'} is)`];
  });
  const findings = [
    ...(refused.length > 0 ? [rejectionFinding(refused, isReported)] : []),
    // A rejected parameter lags behind because it is rejected.
    ...(behind.length > 0 && refused.length === 0
      ? [
          problem(
            `not in force, under ${path}: ${behind.join(', ')}`,
            'If somebody has just put it, run this again. If not: docs/runbook.md#a-changed-parameter-does-not-take-effect',
          ),
        ]
      : []),
    ...(age > OLD_SECONDS
      ? [problem(`the snapshot says that the parameters were read ${age} seconds ago`, REMEDY)]
      : []),
  ];
  if (findings.length > 0) return findings;
  const said = reading === undefined ? 'nothing is rejected' : 'the versions in SSM are in force';
  return [ok(`${said}; the snapshot is ${age} seconds old`)];
}

/** Maximum number of rejections shown if no other check has shown them. */
const SHOWN = 3;

function rejectionFinding(refused: readonly string[], isReported: boolean): Finding {
  const others = refused.length - SHOWN;
  const named = [...refused.slice(0, SHOWN), ...(others > 0 ? [`${others} more`] : [])].join('; ');
  return problem(
    isReported ? 'it rejects what Parameters names' : `it rejects ${named}`,
    'What was valid before stays in force. Correct the parameters: docs/runbook.md#a-changed-parameter-does-not-take-effect',
  );
}

export const KEEPER_CHECKS = [keeper] as const;
