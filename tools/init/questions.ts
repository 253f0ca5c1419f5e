import type { Answers } from './answers.ts';
import { placeOfClaim } from './asked-claim.ts';
import type { AskedClaim, Preset } from './presets/preset.ts';

/** Something that only the operator knows. */
export interface Question {
  /** The option that answers it, as one types it: `--claim sub=VALUE`. */
  readonly flag: string;
  readonly title: string;
  /** What the answer is, as a noun. */
  readonly what: string;
  /** An answer, to show what one looks like. */
  readonly example: string | undefined;
  /** One of the questions with the same need must be answered; undefined if the answer is optional. */
  readonly need: string | undefined;
  /** The values if there is no answer; undefined leaves it out. */
  readonly otherwise: readonly string[] | undefined;
  /** What leaving it out means, after "Enter"; "for none" by default. */
  readonly leftOut?: string;
  /** Whether to ask it if it has not been answered. */
  readonly asked: boolean;
  /** What separates several values in an answer; undefined if it takes only one. */
  readonly separator: Separator | undefined;
  /** What is wrong with an answer in addition to what check-config says. */
  readonly faultOf?: (values: readonly string[]) => string | undefined;
  readonly put: (answers: Answers, values: readonly string[]) => Answers;
}

/** What the options of the command line say. */
export interface Given {
  readonly 'jwks-uri'?: string | undefined;
  readonly audience?: string | undefined;
  readonly claim?: readonly string[] | undefined;
  readonly scopes?: string | undefined;
  readonly paths?: string | undefined;
  readonly upstream?: string | undefined;
}

type Separator = 'commas' | 'spaces';

/** The values in an answer. */
export function valuesIn(text: string, separator: Separator | undefined): readonly string[] {
  if (separator === 'spaces') return text.trim().split(/\s+/);
  const values = separator === 'commas' ? text.split(',') : [text];
  return values.map((value) => value.trim());
}

/** A question with the answer of the command line, if it has one. */
export type Put = readonly [question: Question, given: readonly string[] | undefined];

/** The path that a deployment sends to the function by default. */
const EVERY_PATH = '/api/*';

/** All questions of a preset, in the order in which they are asked. */
export function questionsOf(preset: Preset, issuers: readonly string[], given: Given): readonly Put[] {
  return [
    ...keyQuestion(preset, given),
    [audienceQuestion(preset, issuers), answer(given.audience, 'commas')],
    ...claimQuestions(preset, given.claim ?? []),
    ...scopesQuestion(preset, given),
    [PATHS, answer(given.paths, 'commas')],
    [UPSTREAM, answer(given.upstream, undefined)],
  ];
}

const answer = (text: string | undefined, separator: Separator | undefined): readonly string[] | undefined =>
  text === undefined ? undefined : valuesIn(text, separator);

function keyQuestion({ jwksUri, example }: Preset, given: Given): Put[] {
  const question: Question = {
    flag: '--jwks-uri URL',
    title: 'Key set',
    what: 'an https URL with the public keys that the function can reach',
    example: example.jwksUri ?? 'https://keys.example.com/jwks.json',
    need: 'where the keys are, as discovery does not say',
    otherwise: undefined,
    asked: jwksUri === null,
    separator: undefined,
    put: (answers, [url]) => ({ ...answers, jwksUri: url }),
  };
  return jwksUri === null || given['jwks-uri'] !== undefined
    ? [[question, answer(given['jwks-uri'], undefined)]]
    : [];
}

function audienceQuestion({ audience, example }: Preset, [issuer = '']: readonly string[]): Question {
  const known = audience.from?.(issuer);
  return {
    flag: '--audience LIST',
    title: 'Audience',
    what: audience.what,
    example: example.audience.join(','),
    need: known === undefined ? 'whom the tokens are for' : undefined,
    otherwise: known === undefined ? undefined : [known],
    asked: known === undefined,
    separator: 'commas',
    faultOf: (values) => values.map((value) => audience.fault?.(value)).find((fault) => fault !== undefined),
    put: (answers, values) => ({ ...answers, audience: values }),
  };
}

/** The claims of the preset, and those that only the command line names. */
function claimQuestions(preset: Preset, given: readonly string[]): Put[] {
  const values = new Map<string, { name: string; values: string[] }>();
  for (const text of given) {
    const [, name = '', value = ''] = /^([^=]*)=(.*)$/s.exec(text) ?? [];
    const { claim } = placeOfClaim(preset, name);
    const entry = values.get(claim) ?? { name, values: [] };
    entry.values.push(value.trim());
    values.set(claim, entry);
  }
  const asked = preset.claims.map((claim): Put => {
    const place = placeOfClaim(preset, claim.name).claim;
    const found = values.get(place)?.values;
    values.delete(place);
    return [claimQuestion(preset, claim, claim.name), found];
  });
  const others = [...values.values()].map(({ name, values: found }): Put => {
    const claim = placeOfClaim(preset, name).asked;
    return [claimQuestion(preset, claim, name), found];
  });
  return [...asked, ...others];
}

function claimQuestion(preset: Preset, claim: AskedClaim | undefined, name: string): Question {
  const { claims } = preset.example;
  const example = Object.hasOwn(claims, name) ? claims[name]?.[0] : undefined;
  const many = claim !== undefined && claim.rule !== 'equals';
  return {
    flag: `--claim ${name}=VALUE`,
    title: `Claim ${name}`,
    what: claim?.what ?? 'what the token must have',
    // Placeholders for an unknown issuer do not show what a value looks like.
    example: preset.section === undefined ? undefined : example,
    need: claim?.need,
    otherwise: claim?.otherwise,
    // Which tag or similar is meant can be said only together with its value.
    asked: claim !== undefined && !name.endsWith('*'),
    separator: many ? 'commas' : undefined,
    put: (answers, values) => ({
      ...answers,
      claims: { ...answers.claims, [placeOfClaim(preset, name).claim]: values },
    }),
  };
}

function scopesQuestion({ name, scopes, example }: Preset, given: Given): Put[] {
  if (scopes === undefined && given.scopes === undefined) return [];
  const question: Question = {
    flag: '--scopes LIST',
    title: 'Scopes',
    what: 'scopes that a token must have, all of them',
    example: example.scopes.join(' ') || 'orders:read',
    need: scopes?.need,
    otherwise: undefined,
    asked: scopes !== undefined,
    separator: 'spaces',
    ...(scopes === undefined && {
      faultOf: () => `tokens of ${name} have no scopes: leave the option out.`,
    }),
    put: (answers, values) => ({ ...answers, scopes: values }),
  };
  return [[question, answer(given.scopes, 'spaces')]];
}

const PATHS: Question = {
  flag: '--paths LIST',
  title: 'Paths',
  what: 'path patterns to allow with such tokens; everything else is denied',
  example: '/api/orders/*',
  need: undefined,
  otherwise: [EVERY_PATH],
  asked: true,
  separator: 'commas',
  put: (answers, values) => ({ ...answers, paths: values }),
};

const UPSTREAM: Question = {
  flag: '--upstream URL',
  title: 'Upstream',
  what: 'where allowed requests go; "whoami" returns the verified identity',
  example: 'https://orders.example.com',
  need: undefined,
  otherwise: undefined,
  leftOut: 'to leave it as it is',
  asked: true,
  separator: undefined,
  put: (answers, [upstream]) => ({ ...answers, upstream }),
};
