import { PARAMETERS } from '../../lambda/contract.ts';
import { issuersOf, type Provider } from '../../lambda/core/provider.ts';
import { counted } from '../counted.ts';
import { harmlessLine } from '../harmless.ts';
import type { CheckedParameters, LocatedProblem, LocatedWarning } from './check.ts';
import { hasKeys, type Probe, probeLines } from './probe.ts';
import type { Size } from './sizes.ts';

/** Everything that a check reports. */
export interface Report {
  readonly checked: CheckedParameters;
  /** Hints about the input as a whole. */
  readonly hints: readonly string[];
  readonly probes: readonly Probe[];
  readonly warnings: readonly LocatedWarning[];
  /** Warnings that are left out, because the caller has accepted them by their ids. */
  readonly accepted: readonly LocatedWarning[];
  /** Whether a warning fails the check. */
  readonly strict: boolean;
  /** Parameters that only stand in for real ones. */
  readonly standIns: readonly string[];
  /** Prefix of the live parameters, or undefined. */
  readonly path: string | undefined;
  /** Files by parameter. */
  readonly files: Readonly<Record<string, string | undefined>>;
}

/** The exit status: 1 for problems, for missing keys, and with --strict for warnings. */
export const statusOf = (report: Report): 0 | 1 =>
  report.checked.config === undefined || !report.probes.every(hasKeys) || isTooLax(report) ? 1 : 0;

const warningCount = ({ warnings, hints, probes }: Report): number =>
  warnings.length + hints.length + probes.flatMap((probe) => probe.warnings).length;

const isTooLax = (report: Report): boolean => report.strict && warningCount(report) > 0;

/** The same wording as the function's log: the parameter, and what is wrong with it. */
export function findingLine(finding: LocatedProblem | LocatedWarning, { path, files }: Report): string {
  const { severity, parameter, message, location } = finding;
  const name = path === undefined ? parameter : `${path}/${parameter}`;
  const file = files[parameter];
  const at = location?.at;
  const place = at === undefined ? (file ?? '') : `${file === undefined ? 'line ' : `${file}:`}${at}`;
  return `${severity}: ${name}: ${message}${place === '' ? '' : ` (${place})`}`;
}

/** The same if there is only one input that it can be about, and the severity is shown elsewhere. */
export const lineOf = ({ parameter, message, location }: LocatedProblem | LocatedWarning): string =>
  `${parameter}: ${message}${location === undefined ? '' : ` (line ${location.at})`}`;

/** Maximum number of problems printed. Nobody reads more at once, and `--json` has all of them. */
const MAX_PRINTED = 200;

/** For a terminal. What to do comes last. */
export const reportLines = (report: Report): string[] => linesOf(report).map(harmlessLine);

function linesOf(report: Report): string[] {
  const { checked, probes, hints } = report;
  const said = [
    ...hints.map((hint) => `warning: ${hint}`),
    ...report.warnings.map((warning) => findingLine(warning, report)),
    ...probes.flatMap((probe) => probe.warnings.map((warning) => `warning: ${warning}`)),
  ];
  if (checked.config === undefined) {
    const { problems } = checked;
    const printed = problems.slice(0, MAX_PRINTED);
    return [
      ...said,
      ...printed.map((problem) => findingLine(problem, report)),
      ...(problems.length > printed.length ? [`… and ${problems.length - printed.length} more`] : []),
      `not valid: ${counted(problems.length, 'problem')}`,
    ];
  }
  const without = probes.filter((probe) => !hasKeys(probe)).map(({ provider }) => provider);
  return [
    ...said,
    ...summaryLines(report, checked.config.providers),
    ...probes.flatMap(probeLines),
    ...(without.length > 0
      ? [`no keys: no token of ${without.join(', ')} can be verified until the key endpoint has some`]
      : []),
    ...(isTooLax(report) ? laxLines(report) : []),
  ];
}

/** Why --strict fails, and how to accept intended warnings. */
const laxLines = (report: Report): string[] => [
  ...(report.warnings.length > 0
    ? [
        'Correct what you did not intend, and accept the rest:',
        ...[...new Set(report.warnings.map(({ id }) => id))].map((id) => `  --accept ${quoted(id)}`),
      ]
    : []),
  `not accepted: ${counted(warningCount(report), 'warning')}, and --strict allows none`,
];

/** Quoted for a shell, which would expand a path pattern to file names. */
export const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

function summaryLines(
  { checked, accepted, standIns, files, path }: Report,
  providers: readonly Provider[],
): string[] {
  const summary = [
    counted(providers.length, 'provider'),
    counted(checked.policy.routes?.length ?? 0, 'route'),
    ...(accepted.length > 0 ? [`${counted(accepted.length, 'warning')} accepted`] : []),
  ].join(', ');
  const sizes = Object.entries(checked.sizes).filter(
    ([name]) => path !== undefined || files[name] !== undefined,
  );
  return [
    `ok: ${summary}`,
    ...providers.map((provider) => {
      const standIn = provider.name === 'default' && standIns.includes('issuer');
      return `  provider ${provider.name}: ${provider.type}, ${standIn ? 'a stand-in, because --issuer is not given' : issuersOf(provider).join(', ')}`;
    }),
    ...sizes.map(([name, size]) => `  ${name}: ${sizeText(size)}`),
  ];
}

function sizeText({ bytes, packedBytes, packed, tier, packedTier }: Size): string {
  const fits = (name: string | undefined) =>
    name === undefined ? 'does not fit SSM' : `fits the ${name} tier of SSM`;
  return packed
    ? `${bytes} bytes packed (${fits(tier)})`
    : `${bytes} bytes (${fits(tier)}), ${packedBytes} packed (${fits(packedTier)})`;
}

/** The report for programs. */
export function reportJson(report: Report): object {
  const { checked, probes, hints, standIns } = report;
  return {
    ok: statusOf(report) === 0,
    problems: checked.problems.map(findingJson),
    warnings: report.warnings.map(findingJson),
    accepted: report.accepted.map(findingJson),
    hints: [...hints, ...probes.flatMap((probe) => probe.warnings)],
    ...(checked.config && {
      providers: checked.config.providers.map((provider) => ({
        name: provider.name,
        type: provider.type,
        issuers: issuersOf(provider),
      })),
      routes: checked.policy.routes?.length ?? 0,
      sizes: checked.sizes,
      standIns: Object.keys(PARAMETERS).filter((name) => standIns.includes(name)),
      keys: probes.map(({ provider, seen }) => ({ provider, ...seen })),
    }),
  };
}

function findingJson({ severity: _, location, ...finding }: LocatedProblem | LocatedWarning): object {
  const [line, column] = location?.at.split(':').map(Number) ?? [];
  return { ...finding, line, column, start: location?.start, end: location?.end };
}
