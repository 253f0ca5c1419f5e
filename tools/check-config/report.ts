import { PARAMETERS } from '../../lambda/contract.ts';
import { issuersOf, type Provider } from '../../lambda/core/provider.ts';
import type { CheckedParameters, LocatedProblem } from './check.ts';
import { type Probe, probeLines } from './probe.ts';
import type { Size } from './sizes.ts';

/** Everything that a check has to say. */
export interface Report {
  readonly checked: CheckedParameters;
  readonly probes: readonly Probe[];
  readonly warnings: readonly string[];
  /** Parameters that only stand in for real ones. */
  readonly standIns: readonly string[];
  /** Prefix of the live parameters, or undefined. */
  readonly path: string | undefined;
  /** Files by the parameter that they are of. */
  readonly files: Readonly<Record<string, string | undefined>>;
}

/** The same wording as the function's log: the parameter, and what is wrong with it. */
export function problemLine(problem: LocatedProblem, { path, files }: Report): string {
  const { parameter, message, at } = problem;
  const name = path === undefined ? parameter : `${path}/${parameter}`;
  const file = files[parameter];
  const place = at === undefined ? (file ?? '') : `${file === undefined ? 'line ' : `${file}:`}${at}`;
  return `error: ${name}: ${message}${place === '' ? '' : ` (${place})`}`;
}

export function reportLines(report: Report): string[] {
  const { checked, probes, warnings } = report;
  const said = warnings.map((warning) => `warning: ${warning}`);
  if (checked.config === undefined) {
    const count = checked.problems.length;
    return [
      ...checked.problems.map((problem) => problemLine(problem, report)),
      ...said,
      `not valid: ${count} ${count === 1 ? 'problem' : 'problems'}`,
    ];
  }
  return [...said, ...summaryLines(report, checked.config.providers), ...probes.flatMap(probeLines)];
}

function summaryLines({ checked, standIns, files, path }: Report, providers: readonly Provider[]): string[] {
  const routes = checked.policy.routes?.length ?? 0;
  const counted = `${providers.length} ${providers.length === 1 ? 'provider' : 'providers'}, ${routes} ${routes === 1 ? 'route' : 'routes'}`;
  const sizes = Object.entries(checked.sizes).filter(
    ([name]) => path !== undefined || files[name] !== undefined,
  );
  return [
    `ok: ${counted}`,
    ...providers.map((provider) => {
      const standIn = provider.name === 'default' && standIns.includes('issuer');
      return `  provider ${provider.name}: ${provider.type}, ${standIn ? 'a stand-in, as --issuer is not given' : issuersOf(provider).join(', ')}`;
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
export function reportJson({ checked, probes, warnings, standIns }: Report): object {
  return {
    ok: checked.config !== undefined,
    problems: checked.problems.map(({ parameter, message, at }) => {
      const [line, column] = at?.split(':').map(Number) ?? [];
      return { parameter, message, line, column };
    }),
    warnings,
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
