import type { FetchDocument } from '../../lambda/io/fetch-document.ts';
import { ArgumentError, CommandFailure } from '../arguments.ts';
import { presetsOf } from './find-preset.ts';
import { complete, type Gathering, plainFault, takeGiven } from './gather.ts';
import { judge } from './judge.ts';
import { demoPreset, type LocalStack } from './local-stack.ts';
import { look } from './look.ts';
import { notesOf } from './notes.ts';
import { policyText, refuseExisting, writePolicyFile } from './policy-file.ts';
import { decide } from './policy-of.ts';
import type { Preset } from './presets/preset.ts';
import { type Given, questionsOf } from './questions.ts';
import type { Report } from './report.ts';
import { stepsOf } from './steps.ts';
import type { Terminal } from './terminal.ts';
import { tokenStep } from './token-command.ts';
import { unusable } from './unusable-issuers.ts';

export interface Request {
  /** Empty for the authorization server of the laptop stack. */
  readonly issuers: readonly string[];
  readonly provider: string | undefined;
  readonly given: Given;
  readonly output: string;
  /** Whether a file that is there is replaced. */
  readonly force: boolean;
  /** Whether the issuer is left alone. */
  readonly offline: boolean;
  /** Prefix of the parameters, where it is not the deployment's own. */
  readonly path: string | undefined;
  readonly local: LocalStack | undefined;
}

export interface Surroundings {
  readonly fetchDocument: FetchDocument;
  readonly now: () => number;
  /** Undefined where nobody can be asked. */
  readonly terminal: Terminal | undefined;
}

/**
 * Finds out about an issuer, asks for what only the operator knows, and writes the policy file.
 *
 * @throws ArgumentError where the request cannot be obeyed
 * @throws CommandFailure where no policy for this issuer would work, or the file cannot be written
 * @throws Interrupted where a question is answered by Ctrl-C; nothing has been written then
 */
export async function initialize(request: Request, surroundings: Surroundings): Promise<Report> {
  const { given, output, force, offline, path, local } = request;
  const { terminal, now } = surroundings;
  const issuers = readIssuers(request);
  const preset = await choosePreset(request, issuers, terminal);
  await refuseIssuers(preset, issuers, given);
  const gathering = { preset, issuers, questions: questionsOf(preset, issuers, given) };
  const known = await takeGiven(gathering, terminal !== undefined);
  refuseExisting(output, force);
  // The keys are looked at before anything else is asked, so where they are is the first question.
  const placed = await complete(keysAlone(gathering), known, terminal?.ask);
  const online = !offline;
  const seen = online ? await look(preset, placed, { ...surroundings, local, now }) : undefined;
  const answers = {
    ...(await complete(withoutKeys(gathering), placed, terminal?.ask)),
    jwksUri: placed.jwksUri ?? seen?.jwksUri,
  };
  const { findings } = await judge(preset, answers, seen?.algorithms);
  if (findings.length > 0) throw new CommandFailure(together(findings.map(({ message }) => message)));
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

function readIssuers({ issuers, local }: Request): readonly string[] {
  if (issuers.length === 0) {
    if (local !== undefined) return [local.issuer];
    throw new ArgumentError(
      'Name the ISSUER: the exact "iss" of the tokens. --local alone takes that of npm start.',
    );
  }
  for (const issuer of issuers) {
    const fault = plainFault(issuer) ?? (/\s/.test(issuer) ? 'has white space in it.' : undefined);
    if (fault !== undefined) throw new ArgumentError(`ISSUER ${fault} Give the exact "iss" of the tokens.`);
    const reason = unusable(issuer);
    if (reason !== undefined) throw new CommandFailure(reason);
  }
  return issuers;
}

async function choosePreset(
  { issuers: named, provider, local }: Request,
  issuers: readonly string[],
  terminal: Terminal | undefined,
): Promise<Preset> {
  const [issuer = ''] = issuers;
  if (local !== undefined && named.length === 0 && provider === undefined) return demoPreset(issuer);
  const presets = presetsOf(issuers, provider);
  const [first, ...more] = presets;
  if (first !== undefined && more.length === 0) return first;
  const names = presets.map(({ name, section = '' }) => [name, section] as const);
  if (terminal === undefined) {
    const choices = names.map(([name, section]) => `  --provider ${name}  ${section}`);
    throw new ArgumentError(
      [
        'There is no terminal to ask in: say which tokens of this issuer are meant, by one of',
        ...choices,
      ].join('\n'),
    );
  }
  const chosen = await terminal.choose('Which tokens of this issuer are meant?', names);
  return presets.find(({ name }) => name === chosen) ?? (first as Preset);
}

/** Refuses issuers that no policy could have, whatever the answers are. */
async function refuseIssuers(preset: Preset, issuers: readonly string[], given: Given): Promise<void> {
  // The address of the keys is derived from the issuer.
  const mustMatch = typeof preset.jwksUri === 'function' && given['jwks-uri'] === undefined;
  if ((mustMatch || preset.type === 'spiffe') && !issuers.every((issuer) => preset.issuer.test(issuer))) {
    throw new ArgumentError(
      `ISSUER is no issuer of --provider ${preset.name}, which looks like ${preset.example.issuers[0]}: correct one of the two${mustMatch ? ', or name the key set by --jwks-uri URL' : ''}.`,
    );
  }
  const jwksUri = given['jwks-uri'] ?? preset.example.jwksUri;
  const { findings } = await judge(preset, { ...preset.example, issuers, jwksUri });
  if (findings.length > 0) {
    throw new CommandFailure(together(findings.map(({ parameter, message }) => `${parameter}: ${message}`)));
  }
}

const together = (messages: readonly string[]): string =>
  [...messages, 'Nothing has been written: correct that, and run init again.'].join('\n');

const isOfKeys = ([{ flag }]: Gathering['questions'][number]): boolean => flag.startsWith('--jwks-uri');
const keysAlone = (gathering: Gathering): Gathering => ({
  ...gathering,
  questions: gathering.questions.filter(isOfKeys),
});
const withoutKeys = (gathering: Gathering): Gathering => ({
  ...gathering,
  questions: gathering.questions.filter((put) => !isOfKeys(put)),
});
