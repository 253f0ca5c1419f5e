import { PARAMETERS } from '../../lambda/contract.ts';
import type { Problem } from '../../lambda/core/config/problems.ts';
import type { JsonObject } from '../../lambda/core/jwt/decode.ts';
import type { Explanation, Verdict } from './explain.ts';
import { harmless, shown, time } from './format.ts';
import type { Step } from './step.ts';

const MARKS = { pass: 'pass', fail: 'FAIL', skip: '  - ' } as const;

/** The explanation for people. Header and claims are in it, the token and its signature never. */
export function render(explanation: Explanation): string {
  const { notes, request, now, timeZone, header, claims, verified, steps } = explanation;
  const trust = verified ? 'verified' : 'not verified: anybody could have written this';
  const lines = [
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
  return lines.map((line) => harmless(line.replaceAll('\n', ' '))).join('\n');
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

function stepLines(steps: readonly Step[]): string[] {
  const first = steps.findIndex(({ outcome }) => outcome === 'fail');
  return steps.flatMap((step, index) => {
    const { name, outcome, text, code, hints } = step;
    const lines = [
      `${MARKS[outcome]}  ${name.padEnd(15)} ${code === undefined ? text : `${text} [${code}]`}`,
      ...hints.map((hint) => `${' '.repeat(22)}> ${hint}`),
    ];
    return index === first && index < steps.length - 1 ? [...lines, '', 'Had that passed:'] : lines;
  });
}

function verdictLines({ allowed, answered, code, status, title, reported, entry }: Verdict): string[] {
  const more = entry === undefined ? [] : [`What callers and operators do about it: ${entry}`];
  if (reported !== undefined) {
    return [
      `Verdict: goes on without an identity, only because the route is report-only; it would be rejected with ${reported}`,
      ...more,
    ];
  }
  if (answered) return [`Verdict: ${status}: ${title}, and no upstream gets it`];
  return [allowed ? 'Verdict: allowed' : `Verdict: ${status} ${code}: ${title}`, ...more];
}

function upstreamLines({ upstream, request }: Explanation): string[] {
  if (upstream === undefined) return [];
  const { destination, path, identity, token } = upstream;
  const as = request.endsWith(` ${path}`) ? '' : ` as ${path}`;
  const where = destination === 'whoami' ? 'The built-in upstream whoami' : `The upstream ${destination}`;
  return [
    `${where} gets the request${as} ${token ? 'with' : 'without'} the token, and ${identity.length === 0 ? 'no identity headers' : 'these identity headers:'}`,
    ...identity.map(([name, value]) => `  ${name}: ${value}`),
  ];
}

/** The explanation for programs. */
export const renderJson = (explanation: Explanation): string =>
  harmless(JSON.stringify(explanation, null, 2));

/** A configuration that no request could be decided by. */
export const invalidConfig = (problems: readonly Problem[], path: string | undefined): string =>
  [
    'There is no decision to explain, as the configuration is not valid. A running function goes on with its last good one; one that has none answers 503.',
    ...problems.map(
      ({ parameter, message }) =>
        `error: ${path === undefined ? parameter : `${path}/${parameter}`}: ${message} (${PARAMETERS[parameter].description})`,
    ),
  ].join('\n');
