import { ArgumentError, parseArguments } from '../arguments.ts';
import { readPaths } from '../check-config/read-paths.ts';
import { takePlace } from '../deployment/place.ts';
import { utc } from '../explain/format.ts';
import { readPaste } from '../explain/read-paste.ts';
import { shellWord } from '../shell-word.ts';
import {
  givenParameters,
  NOTHING_GIVEN,
  POSITIONALS,
  SUBCOMMANDS,
  type Subcommand,
  takeSubcommand,
} from './arguments.ts';
import { diff, put } from './put.ts';
import { type RevocationRequest, revoke } from './revoke.ts';
import { BY } from './revoked-token.ts';
import { rollback } from './rollback.ts';
import { parseDestination } from './rollback-target.ts';
import type { Outcome, Session } from './session.ts';
import type { SessionOptions } from './session-of.ts';
import { status } from './status.ts';
import { timeOf } from './times.ts';
import { parseVersions } from './versions.ts';

/** How far an issuer's clock may be ahead of this machine's, in ms. */
const MAX_AHEAD_MS = 60_000;

/** What a command line asks for. */
export interface Run extends Pick<SessionOptions, 'place' | 'placeWords' | 'yes' | 'wait' | 'isInputTaken'> {
  readonly name: Subcommand;
  readonly json: boolean;
  readonly act: (session: Session) => Promise<Outcome>;
}

/** @throws ArgumentError */
export function runOf(args: readonly string[], now: number): Run {
  const [name, rest] = takeSubcommand(args);
  switch (name) {
    case 'diff':
    case 'put':
      return changeRun(name, rest);
    case 'revoke':
    case 'unrevoke':
      return revokeRun(name, rest, now);
    case 'rollback': {
      const { values } = parseArguments(rest, SUBCOMMANDS.rollback, POSITIONALS.rollback);
      const to = parseDestination(values.to ?? [], now);
      const ifVersion = parseVersions('--if-version', values['if-version'] ?? []);
      return { name, ...common(values), act: (session) => rollback(session, { to, ifVersion }) };
    }
    case 'status': {
      const { values, positionals } = parseArguments(rest, SUBCOMMANDS.status, POSITIONALS.status);
      const given = givenParameters(values, positionals[0]);
      return { name, ...common(values), act: (session) => status(session, given) };
    }
    default:
      return name satisfies never;
  }
}

function changeRun(name: 'diff' | 'put', args: readonly string[]): Run {
  const parsed =
    name === 'put'
      ? parseArguments(args, SUBCOMMANDS.put, POSITIONALS.put)
      : parseArguments(args, SUBCOMMANDS.diff, POSITIONALS.diff);
  const { values, positionals } = parsed;
  const given = givenParameters(values, positionals[0]);
  if (Object.keys(given).length === 0) throw new ArgumentError(NOTHING_GIVEN);
  const change = {
    given,
    accept: values.accept ?? [],
    listenerPaths: values.paths === undefined ? undefined : readPaths(values.paths),
  };
  const { 'if-version': versions = [] } = values as { readonly 'if-version'?: readonly string[] };
  const ifVersion = parseVersions('--if-version', versions);
  return {
    name,
    ...common(values),
    act: (session) => (name === 'put' ? put(session, { ...change, ifVersion }) : diff(session, change)),
  };
}

function revokeRun(name: 'revoke' | 'unrevoke', args: readonly string[], now: number): Run {
  const { values, positionals } = parseArguments(args, SUBCOMMANDS[name], Number.POSITIVE_INFINITY);
  const { token, by: given, issuer, jti = [], sub = [], 'client-id': clientId = [] } = values;
  if (positionals.length > 0) {
    throw new ArgumentError(
      `There is an argument without an option. If it is a token, pipe it in: pbpaste | npm run policy -- ${name} --token -`,
    );
  }
  if (token !== undefined && token !== '-') {
    throw new ArgumentError(
      "--token takes only -, for standard input: a token on the command line stays in the shell's history.",
    );
  }
  const by = BY.find((one) => one === given);
  if (given !== undefined && by === undefined) throw new ArgumentError(`--by takes ${BY.join(', ')}.`);
  if (given !== undefined && token === undefined) throw new ArgumentError('--by needs --token -.');
  const before = values['issued-before'];
  const isNamed = [...jti, ...sub, ...clientId].length > 0 || before !== undefined || issuer !== undefined;
  if (token !== undefined && isNamed) {
    throw new ArgumentError('--token - says what to revoke: leave out the other options, or --token -.');
  }
  if (token === undefined && [...jti, ...sub, ...clientId].length === 0 && before === undefined) {
    throw new ArgumentError(
      `Say what to ${name}: --jti, --sub, --client-id, --issued-before, or --token - for the token on standard input.`,
    );
  }
  if ([...jti, ...sub, ...clientId].includes('')) throw new ArgumentError('An ID to revoke is empty.');
  if (before !== undefined && [...jti, ...clientId].length > 0) {
    throw new ArgumentError(
      'Combine --issued-before only with --sub, or use it alone for a whole issuer: revoke by --jti or --client-id in a separate call.',
    );
  }
  const isOver = name === 'unrevoke' && before === 'now';
  if (isOver)
    throw new ArgumentError(
      'To unrevoke, give --issued-before the exact time that is stored, as revoke printed it.',
    );
  const issuedBefore = before === undefined ? undefined : timeOf('--issued-before', before, now);
  if (name === 'revoke' && issuedBefore !== undefined && issuedBefore * 1000 > now + MAX_AHEAD_MS) {
    throw new ArgumentError(
      `--issued-before is in the future, ${utc(issuedBefore)}: until then, new tokens would be rejected too. Use now for the tokens issued so far; put --revocations FILE takes any time.`,
    );
  }
  const request: Omit<RevocationRequest, 'pasted'> = { issuer, jti, sub, clientId, issuedBefore, by };
  return {
    name,
    ...common(values),
    isInputTaken: token !== undefined,
    act: async (session) => {
      const pasted = token === undefined ? undefined : await readPaste();
      return revoke(session, name, { ...request, pasted });
    },
  };
}

type CommonValues = Parameters<typeof takePlace>[0]['values'] & {
  readonly json?: boolean;
  readonly yes?: boolean;
  readonly 'no-wait'?: boolean;
};

const common = (values: CommonValues) => ({
  placeWords: placeWords(values),
  place: takePlace({ values, positionals: [] }),
  json: values.json ?? false,
  yes: values.yes ?? false,
  wait: values['no-wait'] !== true,
  isInputTaken: false,
});

/** The options that name the deployment, for commands that we print. */
function placeWords({ stack, path, region, local, port, 'endpoint-url': endpoint }: CommonValues): string {
  const named = { stack, path, region, 'endpoint-url': endpoint, port };
  const words = Object.entries(named).flatMap(([name, value]) =>
    value === undefined ? [] : `--${name} ${shellWord(value)}`,
  );
  return [...(local === true ? ['--local'] : []), ...words].join(' ');
}
