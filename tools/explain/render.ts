import { PARAMETERS } from '../../lambda/contract.ts';
import type { Problem } from '../../lambda/core/config/problems.ts';
import type { JsonObject } from '../../lambda/core/jwt/decode.ts';
import { type Look, type Paint, plain } from '../terminal-colors.ts';
import type { Explanation, Verdict } from './explain.ts';
import { shown, time } from './format.ts';
import { type Line, printed, printedJson, type Span } from './lines.ts';
import type { Step } from './step.ts';

const OUTCOMES = {
  pass: ['good', 'pass'],
  fail: ['bad', 'FAIL'],
  skip: ['dim', '  - '],
} as const satisfies Record<Step['outcome'], Span>;

/** The explanation for people. It shows header and claims, but never the token or its signature. */
export function render(explanation: Explanation, paint: Paint = plain): string {
  const { notes, request, now, timeZone, header, claims, signature, steps } = explanation;
  const trust = signature === 'verified' ? 'verified' : 'not verified: anybody could have written this';
  const lines: Line[] = [
    `Request  ${request}`,
    `Time     ${time(now, timeZone)}`,
    ...notes.map((note) => `Note     ${note}`),
    ...(header ? ['', `Header (${trust})`, ...members(header, timeZone)] : []),
    ...(claims ? ['', `Claims (${trust})`, ...members(claims, timeZone)] : []),
    '',
    ...stepLines(steps),
    '',
    ...verdictLines(explanation.verdict),
    ...upstreamLines(explanation),
  ];
  return printed(lines, paint);
}

function members(object: JsonObject, timeZone: string): string[] {
  const names = Object.keys(object);
  const width = Math.min(20, Math.max(0, ...names.map((name) => shown(name, 40).length - 2)));
  return names.map((name) => {
    const value = object[name];
    const isTime = typeof value === 'number' && ['exp', 'nbf', 'iat', 'auth_time'].includes(name);
    const when = isTime ? `  ${time(value, timeZone)}` : '';
    return `  ${shown(name, 40).slice(1, -1).padEnd(width)}  ${shown(value)}${when}`;
  });
}

function stepLines(steps: readonly Step[]): Line[] {
  const first = steps.findIndex(({ outcome }) => outcome === 'fail');
  return steps.flatMap((step, index): Line[] => {
    const { name, outcome, text, code, hints } = step;
    const said = code === undefined ? text : `${text} [${code}]`;
    const lines: Line[] = [
      [OUTCOMES[outcome], `  ${name.padEnd(15)} `, outcome === 'skip' ? ['dim', said] : said],
      ...hints.map((hint): Line => [`${' '.repeat(22)}> `, ['note', hint]]),
    ];
    return index === first && index < steps.length - 1 ? [...lines, '', 'If that had passed:'] : lines;
  });
}

function verdictLines(verdict: Verdict): Line[] {
  const { allowed, answered, onlyIf, code, status, title, reported, challenge, entry } = verdict;
  const more = [
    ...(challenge === undefined ? [] : [`WWW-Authenticate: ${challenge}`]),
    ...(entry === undefined ? [] : [`What callers and operators can do about it: ${entry}`]),
  ];
  const line = (look: Look, text: string): Line => ['Verdict: ', [look, text]];
  if (reported !== undefined) {
    return [
      line(
        'note',
        `let through without an identity, only because the route is report-only; it would be rejected with ${reported}`,
      ),
      ...more,
    ];
  }
  if (onlyIf !== undefined) {
    return [
      line('note', 'would be let through, if the signature is good'),
      `The signature is good if a key of provider ${onlyIf.signedBy.join(' or ')}${onlyIf.alone ? ' alone' : ''} made it; --offline fetches no keys to verify it.`,
    ];
  }
  if (answered) return [line('good', `${status}: ${title}, and no upstream gets it`)];
  if (code === 'not_routed') return [line('bad', `${status} from the load balancer: ${title}`)];
  return [line(allowed ? 'good' : 'bad', allowed ? 'allowed' : `${status} ${code}: ${title}`), ...more];
}

function upstreamLines({ upstream, request, signature }: Explanation): string[] {
  if (upstream === undefined) return [];
  const { destination, path, identity, token } = upstream;
  const as = request.endsWith(` ${path}`) ? '' : ` as ${path}`;
  const where = destination === 'whoami' ? 'The built-in upstream whoami' : `The upstream ${destination}`;
  const condition = signature === 'unverified' ? ', if the signature is good,' : '';
  const what =
    identity.length === 0 ? ', and no identity headers' : `, and${condition} these identity headers:`;
  return [
    `${where} gets the request${as} ${token ? 'with' : 'without'} the token${what}`,
    ...identity.map(([name, value]) => `  ${name}: ${value}`),
  ];
}

/** The explanation for programs. */
export const renderJson = (explanation: Explanation): string => printedJson(explanation);

/** The output for an invalid configuration, which decides no requests. */
export const invalidConfig = (problems: readonly Problem[], path: string | undefined): string =>
  [
    'There is no decision to explain, as the configuration is not valid. A running function keeps using its last good one; one that has none returns 503.',
    ...problems.map(
      ({ parameter, message }) =>
        `error: ${path === undefined ? parameter : `${path}/${parameter}`}: ${message} (${PARAMETERS[parameter].description})`,
    ),
  ].join('\n');
