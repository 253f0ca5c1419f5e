import type { FetchDocument } from '../../lambda/io/fetch-document.ts';
import { complete, type Gathering, takeGiven } from './gather.ts';
import { choosePreset, readIssuers, rejectIssuers } from './issuers.ts';
import { judge, rejection } from './judge.ts';
import { look } from './look.ts';
import { notesOf } from './notes.ts';
import { policyText, rejectExisting, writePolicyFile } from './policy-file.ts';
import { decide } from './policy-of.ts';
import { questionsOf } from './questions.ts';
import type { Report } from './report.ts';
import type { Request } from './request.ts';
import type { RunningIssuer } from './running-stack.ts';
import { stepsOf } from './steps.ts';
import type { Terminal } from './terminal.ts';
import { tokenStep } from './token-command.ts';

export interface Surroundings {
  readonly fetchDocument: FetchDocument;
  readonly now: () => number;
  readonly runningIssuer: RunningIssuer;
  /** Undefined if nobody can be asked. */
  readonly terminal: Terminal | undefined;
}

/**
 * Finds out about an issuer, asks for what only the operator knows, and writes the policy file.
 *
 * @throws ArgumentError if the request cannot be fulfilled
 * @throws CommandFailure if no policy for this issuer would work, or the file cannot be written
 * @throws Interrupted if a question is answered with Ctrl-C; nothing has been written then
 */
export async function initialize(request: Request, surroundings: Surroundings): Promise<Report> {
  const { given, output, force, offline, path, local } = request;
  const { terminal } = surroundings;
  const issuers = readIssuers(request);
  const preset = await choosePreset(request, issuers, terminal);
  await rejectIssuers(preset, issuers, given);
  const gathering = { preset, issuers, questions: questionsOf(preset, issuers, given) };
  const known = await takeGiven(gathering, terminal !== undefined);
  rejectExisting(output, force);
  // The keys are fetched before anything else is asked, so their location is the first question.
  const placed = await complete(keysAlone(gathering), known, terminal?.ask);
  const online = !offline;
  // A named issuer that does not respond says nothing about the laptop stack.
  const own = local !== undefined && issuers.includes(local.issuer) ? local : undefined;
  const seen = online ? await look(preset, placed, { ...surroundings, local: own }) : undefined;
  const answers = {
    ...(await complete(withoutKeys(gathering), placed, terminal?.ask)),
    jwksUri: placed.jwksUri ?? seen?.jwksUri,
  };
  const { findings } = await judge(preset, answers, seen?.algorithms);
  if (findings.length > 0) throw rejection(findings.map(({ message }) => message));
  const decided = decide(preset, answers, seen?.algorithms);
  terminal?.throwIfInterrupted();
  writePolicyFile(output, policyText(decided.policy, output), force);
  const discovered = seen?.discovered;
  const keys = seen?.keys;
  const metadata = discovered?.metadata;
  return {
    preset,
    answers,
    discovered,
    keys,
    decided,
    notes: notesOf({ preset, answers, discovered, keysUrl: keys?.url }),
    file: output,
    steps: stepsOf({
      file: output,
      preset,
      answers,
      decided,
      token: tokenStep({ preset, answers, metadata }),
      destination: { path, local },
      online,
    }),
  };
}

const isOfKeys = ([{ flag }]: Gathering['questions'][number]): boolean => flag.startsWith('--jwks-uri');
const keysAlone = (gathering: Gathering): Gathering => ({
  ...gathering,
  questions: gathering.questions.filter(isOfKeys),
});
const withoutKeys = (gathering: Gathering): Gathering => ({
  ...gathering,
  questions: gathering.questions.filter((put) => !isOfKeys(put)),
});
