import type { ParameterName } from '../../lambda/contract.ts';
import type { Algorithm } from '../../lambda/core/jwt/algorithms.ts';
import { CommandFailure } from '../arguments.ts';
import { checkParameters } from '../check-config/check.ts';
import type { Answers } from './answers.ts';
import { decide, valuesOf } from './policy-of.ts';
import type { Preset } from './presets/preset.ts';

/** What `check-config --strict` would say. */
export interface Finding {
  readonly parameter: ParameterName;
  readonly message: string;
}

export interface Judgement {
  readonly findings: readonly Finding[];
  readonly checked: Awaited<ReturnType<typeof checkParameters>>;
}

/** What is wrong, or most likely not intended, in the parameters that follow from the answers. */
export async function judge(
  preset: Preset,
  answers: Answers,
  algorithms?: readonly Algorithm[],
): Promise<Judgement> {
  const checked = await checkParameters(valuesOf(decide(preset, answers, algorithms)));
  return { findings: [...checked.problems, ...checked.warnings], checked };
}

/** Without the place, which init made up and which means nothing to the person who answers. */
export const wording = ({ message }: Finding): string =>
  message.replace(/^(?:providers\.[a-z0-9-]+|routes\.\d+)(?:\.[^:\s]+)?(?: \([^)]*\))?:? /, '');

export const rejection = (messages: readonly string[]): CommandFailure =>
  new CommandFailure([...messages, 'Nothing has been written: correct that, and run init again.'].join('\n'));
