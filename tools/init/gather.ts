import { ArgumentError } from '../arguments.ts';
import { tokensIn } from '../harmless.ts';
import type { Answers } from './answers.ts';
import { judge, wording } from './judge.ts';
import type { Preset } from './presets/preset.ts';
import { type Put, type Question, valuesIn } from './questions.ts';

/**
 * Asks a person. Empty if the answer is left out.
 *
 * @param fault what is wrong with the last answer
 * @param without what leaving it out means, after "Enter"; undefined if it cannot be left out
 */
export type Ask = (
  question: Question,
  fault: string | undefined,
  without: string | undefined,
) => Promise<string>;

export interface Gathering {
  readonly preset: Preset;
  readonly issuers: readonly string[];
  readonly questions: readonly Put[];
}

/**
 * Takes the answers that the command line gives.
 *
 * @throws ArgumentError with everything that is wrong, or that is missing if nobody can be asked
 */
export async function takeGiven(gathering: Gathering, canAsk: boolean): Promise<Answers> {
  const { issuers, questions } = gathering;
  const faults: string[] = [];
  let answers: Answers = { issuers, audience: [], claims: {}, scopes: [], paths: [] };
  for (const [question, given] of questions) {
    if (given === undefined) continue;
    const fault = await faultOf(gathering, question, given);
    if (fault !== undefined) faults.push(`${optionOf(question)}: ${fault}`);
    answers = question.put(answers, given);
  }
  if (faults.length > 0) throw new ArgumentError(faults.join('\n'));
  const missing = missingNeeds(questions);
  if (missing.length > 0 && !canAsk) throw new ArgumentError(missingText(missing));
  return answers;
}

/** Completes the answers by asking, and with defaults where there is no answer. */
export async function complete(
  gathering: Gathering,
  answers: Answers,
  ask: Ask | undefined,
): Promise<Answers> {
  let complete = answers;
  for (const group of groupsOf(gathering.questions)) {
    const open = group.filter(([{ asked }, given]) => asked && given === undefined);
    const [[first] = []] = group;
    const isSettled = first?.need !== undefined && group.some(([, given]) => given !== undefined);
    const found = ask === undefined || isSettled ? undefined : await askOne(gathering, open, ask);
    if (found !== undefined) complete = found.question.put(complete, found.values);
    for (const [question, given] of group) {
      if (given === undefined && question !== found?.question && question.otherwise !== undefined) {
        complete = question.put(complete, question.otherwise);
      }
    }
  }
  return complete;
}

/** The questions to ask together: those with the same need, for which one answer is enough, or a single one. */
function groupsOf(questions: readonly Put[]): readonly (readonly Put[])[] {
  const groups = new Map<string, Put[]>();
  for (const put of questions) {
    const key = put[0].need ?? put[0].flag;
    groups.set(key, [...(groups.get(key) ?? []), put]);
  }
  return [...groups.values()];
}

/** The first answer to one of these. Asks again if one of them is needed. */
async function askOne(
  gathering: Gathering,
  open: readonly Put[],
  ask: Ask,
): Promise<{ question: Question; values: readonly string[] } | undefined> {
  if (open.length === 0) return undefined;
  let fault: string | undefined;
  for (;;) {
    for (const [index, [question]] of open.entries()) {
      const [next] = open.length > 1 ? (open[index + 1] ?? open[0] ?? []) : [];
      for (;;) {
        const text = await ask(question, fault, withoutAnswer(question, next));
        fault = undefined;
        if (text.trim() === '') break;
        const values = valuesIn(text, question.separator);
        fault = await faultOf(gathering, question, values);
        if (fault === undefined) return { question, values };
      }
    }
    const need = open[0]?.[0].need;
    if (need === undefined) return undefined;
    fault = `${open.length > 1 ? 'One of these is' : 'This is'} needed: it says ${need}.`;
  }
}

/** What Enter alone does. `next` is the question whose answer would do as well. */
function withoutAnswer(
  { otherwise, need, leftOut = 'for none' }: Question,
  next: Question | undefined,
): string | undefined {
  if (next !== undefined) return `for ${next.title}, because one of them is enough`;
  if (otherwise !== undefined) return `for ${otherwise.join(',')}`;
  return need === undefined ? leftOut : undefined;
}

function missingNeeds(questions: readonly Put[]): readonly Question[][] {
  return groupsOf(questions)
    .filter((group) => group[0]?.[0].need !== undefined && group.every(([, given]) => given === undefined))
    .map((group) => group.map(([question]) => question));
}

const missingText = (missing: readonly Question[][]): string =>
  [
    'There is no terminal to ask on, and answers are missing:',
    ...missing.flatMap((group) => [
      `  ${group[0]?.need}:`,
      ...group.map(({ flag, what, example }, index) => {
        const such = example === undefined ? '' : `, such as ${example}`;
        return `    ${index === 0 ? '' : 'or '}${flag}  ${what}${such}`;
      }),
    ]),
  ].join('\n');

/** The option without the value. */
const optionOf = ({ flag }: Question): string => flag.replace(/[ =][A-Z]+$/, '');

/** What is wrong with an answer: what check-config says about a policy with it and the answers of the example. */
async function faultOf(
  { preset, issuers }: Gathering,
  question: Question,
  values: readonly string[],
): Promise<string | undefined> {
  const plain = values.map(plainFault).find((fault) => fault !== undefined);
  if (plain !== undefined) return plain;
  const known = question.faultOf?.(values);
  if (known !== undefined) return known;
  const example = { ...preset.example, issuers };
  const before = await judge(preset, example);
  const after = await judge(preset, question.put(example, values));
  const old = new Set(before.findings.map(({ message }) => message));
  const added = after.findings.filter(({ message }) => !old.has(message));
  return added.length === 0 ? undefined : added.map(wording).join('; ');
}

/** Faults that no answer may have, whatever it is for. */
export function plainFault(value: string): string | undefined {
  if (value === '') return 'is empty, or has an empty entry.';
  if (/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u.test(value)) return 'has invisible characters.';
  if (tokensIn(value).length > 0) return 'is a token, and none is needed here: do not paste tokens.';
  return undefined;
}
