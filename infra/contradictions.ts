import type { OptionValues } from './options.ts';

/** What options that are well-formed one by one say together that cannot be. */
const RULES: readonly [applies: (options: OptionValues) => boolean, problem: string][] = [
  [
    ({ alarms, alarmTopicArn }) => !alarms && alarmTopicArn !== undefined,
    'alarmTopicArn has nothing to notify of with alarms=false',
  ],
];

/** Every rule that the options break. */
export function contradictions(options: OptionValues): readonly string[] {
  return RULES.flatMap(([applies, problem]) => (applies(options) ? problem : []));
}
