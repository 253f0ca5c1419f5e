import { DEFAULT_MAX_SNAPSHOT_SECONDS } from '../../lambda/contract.ts';
import type { ParameterValues } from '../../lambda/core/config/read-parameter.ts';
import { type Reading, valuesOf } from '../../lambda/core/config/reading.ts';
import { CommandFailure } from '../arguments.ts';
import { isDenied } from '../aws-call.ts';
import { utc } from '../explain/format.ts';
import { PARAMETER_NAMES } from '../parameter-versions.ts';
import { readHistories } from './authors.ts';
import { type Change, lastChange } from './history.ts';
import { judge } from './judge.ts';
import { type InForce, parameterState } from './parameter-state.ts';
import type { Outcome, Session } from './session.ts';
import { targetName } from './target.ts';
import { differingNames } from './values.ts';
import { readFrom } from './versions.ts';

/** Says what is stored in SSM and what is in force, and how the given values differ. */
export async function status(session: Session, given: ParameterValues): Promise<Outcome> {
  const { target, output, compare, now } = session;
  const reading = await readFrom(session);
  const histories = await readHistories(
    session,
    PARAMETER_NAMES.filter((name) => reading[name] !== undefined),
  );
  const force = await inForce(session, reading);
  const { readAt, refused, failure } = force;

  output.say(`Parameters under ${targetName(target)}`, 'strong');
  const parameters = PARAMETER_NAMES.map((name) =>
    parameterState(session, name, { reading, histories, force }),
  );
  for (const { line, isGood } of parameters) output.say(`  ${line}`, isGood ? undefined : 'bad');
  const last = lastChange(histories);
  if (last?.parts.some(({ after }) => after > 0)) output.say(changeText(last));
  for (const problem of refused) output.say(`rejected: ${problem}`, 'bad');
  const isStale = readAt !== undefined && now() / 1000 - readAt > DEFAULT_MAX_SNAPSHOT_SECONDS;
  sayKeeper(session, force, isStale);

  const before = valuesOf(reading);
  const after = { ...before, ...given };
  const differs = differingNames(before, after);
  const difference = differs.length === 0 ? undefined : await compare(before, after);
  if (difference !== undefined) {
    output.say(
      `The given values differ from the stored ones: ${differs.join(', ')}. Putting them would have these effects:`,
      'bad',
    );
    for (const line of difference.lines(output.paint)) output.print(line);
  } else if (Object.keys(given).length > 0) output.say('The given values are the stored ones.', 'good');

  const isGood = parameters.every((one) => one.isGood) && refused.length === 0 && failure === undefined;
  return {
    status: isGood && !isStale && differs.length === 0 ? 0 : 1,
    json: {
      path: target.path,
      stack: target.stack,
      parameters: Object.fromEntries(parameters.map(({ name, json }) => [name, json])),
      inForce: { ...force, isStale },
      lastChange: last,
      differs,
      difference: difference?.json,
    },
  };
}

function changeText({ parts, at, by, note }: Change): string {
  const changed = parts.map(({ name, version, after }) => `${name} ${after} to ${version}`).join(', ');
  const how = note === undefined ? ' outside this command' : ` (policy ${note.by})`;
  return `Last change: ${changed}, at ${utc(at)} by ${by}${how}`;
}

function sayKeeper({ target, output }: Session, { readAt, failure }: InForce, isStale: boolean): void {
  if (failure !== undefined) {
    output.say(`The keeper does not respond. ${failure}`, 'bad');
  } else if (readAt !== undefined) {
    const age = isStale ? 'stale' : 'fresh';
    output.say(
      `The snapshot is ${age}: the keeper read the parameters at ${utc(readAt)}.`,
      isStale ? 'bad' : 'good',
    );
  } else if (target.hasKeeper === false) {
    output.say('There is no keeper: each verifier reads the parameters itself.');
  }
}

/** The keeper says what is in force. Without a keeper, valid values are in force once the refresh time has passed. */
async function inForce({ target, output }: Session, reading: Reading): Promise<InForce> {
  const unknown = { versions: undefined, readAt: undefined, refused: [], failure: undefined };
  if (target.runKeeper === undefined) {
    const { problems } = await judge(valuesOf(reading), {});
    return { ...unknown, refused: problems.map((problem) => `${target.path}/${problem}`) };
  }
  try {
    const { versions, parametersReadAt: readAt, refused } = await target.runKeeper();
    return { versions, readAt, refused, failure: undefined };
  } catch (error) {
    if (!(error instanceof CommandFailure)) throw error;
    if (!isDenied(error)) return { ...unknown, failure: error.message };
    output.say(`What is in force is unknown. ${error.message}`, 'note');
    return unknown;
  }
}
