import { counted } from '../counted.ts';
import { safeLine } from '../harmless.ts';
import type { Look, Paint } from '../terminal-colors.ts';
import type { Finding, Status } from './check.ts';
import type { Result } from './run-checks.ts';

/** How each status looks, with and without colour. */
const LOOKS = {
  ok: ['good', 'ok'],
  skipped: ['dim', 'skipped'],
  warning: ['note', 'WARNING'],
  problem: ['bad', 'PROBLEM'],
} as const satisfies Record<Status, readonly [Look, string]>;

const WORD_WIDTH = 8;
const TITLE_WIDTH = 14;

/** The findings of a check, each in one line with its remedy right below. */
export function resultLines({ check, findings }: Result, paint: Paint): string[] {
  return findings.flatMap((finding) => {
    const [look, word] = LOOKS[finding.status];
    const detail = safeLine(finding.detail);
    const line = `${paint(look, word.padEnd(WORD_WIDTH))} ${check.title.padEnd(TITLE_WIDTH)} ${finding.status === 'skipped' ? paint('dim', detail) : detail}`;
    const remedy = 'remedy' in finding ? finding.remedy : undefined;
    return remedy === undefined
      ? [line]
      : [line, `${' '.repeat(WORD_WIDTH + TITLE_WIDTH + 2)}> ${safeLine(remedy)}`];
  });
}

const countOf = (results: readonly Result[], status: Status): number =>
  results.flatMap(({ findings }) => findings).filter((finding) => finding.status === status).length;

/** 1 for a problem, and with --strict for a warning. */
export const exitStatus = (results: readonly Result[], strict: boolean): 0 | 1 =>
  countOf(results, 'problem') > 0 || (strict && countOf(results, 'warning') > 0) ? 1 : 0;

/** A request without a token never gets that far, so good news must not be taken to include it. */
const NOT_CHECKED = 'The doctor does not check the upstream.';

/** What comes last. */
export function summaryLine(results: readonly Result[], strict: boolean, paint: Paint): string {
  const counts = (['problem', 'warning'] as const).flatMap((status) => {
    const count = countOf(results, status);
    return count === 0 ? [] : [counted(count, status)];
  });
  const skipped = countOf(results, 'skipped');
  const left = skipped === 0 ? '' : `; ${skipped} skipped`;
  if (counts.length === 0) {
    return paint(
      'good',
      `${skipped === 0 ? 'Nothing is wrong' : `No problem was found${left}`}. ${NOT_CHECKED}`,
    );
  }
  const first = 'start with the first problem, since others may follow from it';
  const advice = countOf(results, 'problem') > 1 ? `: ${first}` : '';
  return paint(exitStatus(results, strict) === 1 ? 'bad' : 'note', `${counts.join(', ')}${left}${advice}`);
}

/** The whole report for programs. */
export function reportJson(results: readonly Result[], strict: boolean): object {
  return {
    ok: exitStatus(results, strict) === 0,
    problems: countOf(results, 'problem'),
    warnings: countOf(results, 'warning'),
    skipped: countOf(results, 'skipped'),
    checks: results.map(({ check: { id, title }, findings }) => ({
      id,
      title,
      status: worstOf(findings),
      findings: findings.map((finding) => ({
        status: finding.status,
        detail: safeLine(finding.detail),
        ...('remedy' in finding && finding.remedy !== undefined && { remedy: safeLine(finding.remedy) }),
      })),
    })),
  };
}

const BY_WEIGHT = ['problem', 'warning', 'ok', 'skipped'] as const satisfies readonly Status[];

const worstOf = (findings: readonly Finding[]): Status =>
  BY_WEIGHT.find((status) => findings.some((finding) => finding.status === status)) ?? 'skipped';
