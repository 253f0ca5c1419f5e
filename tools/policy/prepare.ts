import type { ParameterName } from '../../lambda/contract.ts';
import type { ParameterValues } from '../../lambda/core/config/read-parameter.ts';
import { type Reading, valuesOf } from '../../lambda/core/config/reading.ts';
import { lineOf, quoted } from '../check-config/report.ts';
import { descriptionOf } from '../parameter-versions.ts';
import type { PlannedPut } from './apply.ts';
import { authorText, readHistories } from './authors.ts';
import { foreignEdit, type Histories } from './history.ts';
import { acceptableBetween } from './intermediate.ts';
import { type Judgement, judge } from './judge.ts';
import { findOrder } from './order.ts';
import type { Session } from './session.ts';
import { differingNames, storedForm } from './values.ts';

/** A requested change. */
export interface Wanted {
  readonly before: Reading;
  /** The wanted values, of some parameters. */
  readonly given: ParameterValues;
  readonly accept?: readonly string[];
  readonly listenerPaths?: readonly string[] | undefined;
  /** Whether a warning that is not accepted rejects the change. */
  readonly strict: boolean;
}

export interface Prepared {
  /** In a safe order; undefined if the change is rejected. */
  readonly puts: readonly PlannedPut[] | undefined;
  readonly json: object;
}

/** Judges a change. Says what it does, and if it is rejected, why. */
export async function prepare(session: Session, wanted: Wanted): Promise<Prepared> {
  const { output, compare, target } = session;
  const before = valuesOf(wanted.before);
  const names = differingNames(before, { ...before, ...wanted.given });
  if (names.length === 0) {
    output.say('Nothing to change: each parameter already has this value.', 'good');
    return { puts: [], json: { problems: [], warnings: [], difference: undefined, order: [] } };
  }

  const stored = storedForms(wanted.given, names);
  const after = { ...before, ...wanted.given, ...stored.values };
  const { accept, listenerPaths } = wanted;
  const judgement = await judge(after, { accept, listenerPaths, ownAddresses: target.ownAddresses });
  const problems = [...judgement.problems, ...stored.problems];
  const json = {
    problems,
    warnings: judgement.warnings.map(({ id, parameter, message }) => ({ id, parameter, message })),
    accepted: judgement.accepted.map(({ id }) => id),
    notes: stored.notes,
  };
  for (const problem of problems) output.say(`error: ${problem}`, 'bad');
  if (problems.length > 0) {
    output.say('The configuration would not be valid, so nothing can be put.', 'bad');
    return { puts: undefined, json };
  }

  const difference = await compare(before, after);
  for (const line of difference.lines(output.paint)) output.print(line);
  for (const note of stored.notes) output.say(note, 'note');
  const common = { ...json, difference: difference.json };
  if (isStoppedByWarnings(session, judgement, wanted.strict)) return { puts: undefined, json: common };

  const order = await findOrder(before, after, names, await acceptableBetween(before, after, compare));
  if (order === undefined) {
    sayNoOrder(session, names);
    return { puts: undefined, json: { ...common, order: null } };
  }
  const histories = await readHistories(
    session,
    names.filter((name) => wanted.before[name] !== undefined),
  );
  sayForeignEdits(session, histories, names);
  return {
    puts: order.map((name) => ({
      name,
      value: after[name] ?? '',
      description: histories[name]?.at(-1)?.description || descriptionOf(name),
    })),
    json: { ...common, order },
  };
}

function storedForms(given: ParameterValues, names: readonly ParameterName[]) {
  const forms = names.map((name) => ({ name, ...storedForm(name, given[name] ?? '') }));
  return {
    values: Object.fromEntries(forms.flatMap((form) => ('value' in form ? [[form.name, form.value]] : []))),
    problems: forms.flatMap((form) => ('problem' in form ? [`${form.name}: ${form.problem}`] : [])),
    notes: forms.flatMap((form) => ('note' in form && form.note !== undefined ? [form.note] : [])),
  };
}

function isStoppedByWarnings(
  { output }: Session,
  { warnings, accepted, useless }: Judgement,
  strict: boolean,
): boolean {
  for (const warning of warnings) output.say(`warning: ${lineOf(warning)}`, 'note');
  if (accepted.length > 0) output.say(`accepted: ${accepted.map(({ id }) => id).join(', ')}`, 'dim');
  for (const line of useless) output.say(`warning: ${line}`, 'note');
  if (!strict || warnings.length + useless.length === 0) return false;
  if (warnings.length > 0) {
    output.say('Correct what you did not intend, and accept the rest:');
    for (const id of new Set(warnings.map((warning) => warning.id))) output.say(`  --accept ${quoted(id)}`);
  }
  output.say('Refused because of these warnings.', 'bad');
  return true;
}

/** The parameters that define the default provider. */
const DEFAULT_PROVIDER: ReadonlySet<ParameterName> = new Set(['issuer', 'audience', 'jwks-uri']);

/** How `put` takes each parameter. */
const ARGUMENTS: Readonly<Record<ParameterName, string>> = {
  issuer: '--issuer URL',
  audience: '--audience LIST',
  'jwks-uri': '--jwks-uri URL',
  upstream: '--upstream URL',
  policy: 'FILE',
  revocations: '--revocations FILE',
};

function sayNoOrder({ output, call }: Session, names: readonly ParameterName[]): void {
  output.say(
    `No order of putting ${names.join(', ')} is safe: SSM takes one parameter at a time, and whichever comes first, verifiers could meanwhile let through requests that neither the old nor the new configuration lets through.`,
    'bad',
  );
  const [first = 'policy'] = names;
  const alone = `the parameters one at a time and see what each does, for example: ${call(`put ${ARGUMENTS[first]}`)}`;
  if (!names.some((name) => DEFAULT_PROVIDER.has(name))) {
    output.say(`Put ${alone}`);
    return;
  }
  output.say('Make the change in steps. Each step is safe on its own and shows what it does:');
  output.say(
    '  1. Put a policy that adds a provider with the new issuer, audience and keys, and names it in each route beside the old one. A policy is one parameter, so it changes all at once.',
  );
  output.say(
    '  2. When all clients have switched, put a policy whose routes name only the new provider, and set the issuer to "none".',
  );
  output.say(`Or put ${alone}`);
}

function sayForeignEdits({ output }: Session, histories: Histories, names: readonly ParameterName[]): void {
  for (const name of names) {
    const history = histories[name] ?? [];
    const edit = foreignEdit(history);
    if (edit === undefined) continue;
    output.say(
      `${name} was changed outside this command since this command last put it: the change replaces ${authorText(history, edit.version)}.`,
      'note',
    );
  }
}
