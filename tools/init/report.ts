import { keyLine } from '../check-config/probe.ts';
import { listed } from '../explain/format.ts';
import { type Line, printed } from '../explain/lines.ts';
import type { Paint } from '../terminal-colors.ts';
import type { Answers } from './answers.ts';
import type { Discovered } from './discovery.ts';
import type { SeenKeys } from './key-set.ts';
import { besidePolicy, type Decided } from './policy-of.ts';
import type { Preset } from './presets/preset.ts';
import type { Step } from './steps.ts';

/** What was found, decided and written. */
export interface Report {
  readonly preset: Preset;
  readonly answers: Answers;
  readonly discovered: Discovered | undefined;
  readonly keys: SeenKeys | undefined;
  readonly decided: Decided;
  readonly notes: readonly string[];
  readonly file: string;
  readonly steps: readonly Step[];
}

/** Maximum number of keys listed. */
const MAX_KEYS = 10;

export function reportText(report: Report, paint: Paint): string {
  const { preset, answers, discovered, keys, decided, notes, file, steps } = report;
  const { policy } = decided;
  const row = (name: string, text: string): Line => [['dim', name.padEnd(12)], text];
  const provider = Object.values(policy.providers ?? {})[0];
  const rules = { ...provider?.requiredClaims, ...policy.routes?.[0]?.claims };
  const lines: Line[] = [
    row('issuer', answers.issuers.join(', ')),
    row('provider', `${preset.name}${preset.section === undefined ? '' : `: ${pageOf(preset.section)}`}`),
    ...(discovered === undefined ? [] : [row('discovery', discovered.url.href)]),
    ...(keys === undefined
      ? [row('keys', 'not looked at')]
      : [
          row('keys', keys.url ?? ''),
          ...keys.entries.slice(0, MAX_KEYS).map((entry) => row('', keyLine(entry))),
          ...(keys.entries.length > MAX_KEYS
            ? [row('', `… and ${keys.entries.length - MAX_KEYS} more`)]
            : []),
        ]),
    row('audience', answers.audience.join(', ')),
    ...Object.entries(rules).map(([claim, rule]) => row('claim', `${claim}  ${JSON.stringify(rule)}`)),
    ...(answers.scopes.length === 0 ? [] : [row('scopes', answers.scopes.join(' '))]),
    row('paths', `${listed(answers.paths)}; everything else is denied`),
    ...notes.map((note): Line => [['note', 'note        '], note]),
    '',
    [['good', `${file} has been written.`]],
    ...steps.flatMap(({ title, commands }): Line[] => [
      '',
      [['strong', title]],
      ...commands.map((one) => `  ${one}`),
    ]),
  ];
  return printed(lines, paint);
}

export const reportJson = (report: Report): object => {
  const { preset, answers, discovered, keys, decided, notes, file, steps } = report;
  return {
    issuers: answers.issuers,
    provider: preset.name,
    discovery: discovered === undefined ? null : { url: discovered.url.href, metadata: discovered.metadata },
    keys: keys ?? null,
    answers,
    parameters: Object.fromEntries(besidePolicy(decided)),
    policy: decided.policy,
    notes,
    file,
    steps,
  };
};

const pageOf = (section: string): string =>
  `docs/identity-providers.md#${section
    .toLowerCase()
    .replace(/[^a-z0-9 -]/g, '')
    .replaceAll(' ', '-')}`;
