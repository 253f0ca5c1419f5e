import { type Code, entryOf } from '../../lambda/core/codes.ts';
import { kindOf } from '../../lambda/io/log.ts';
import { CODE_ACCOUNTS, CODE_GROUPS } from '../code-accounts.ts';
import { type CodeAccount, REMEDIES } from './account.ts';
import { exampleResponse } from './example-response.ts';

/** The generated parts of docs/codes.md. */
export function codesPage(): ReadonlyMap<string, string> {
  return new Map([
    ['codes', summary()],
    ['remedies', remedies()],
    ...CODE_GROUPS.map(({ id, accounts }): [string, string] => [
      id,
      (Object.keys(accounts) as Code[]).map(entry).join('\n\n'),
    ]),
  ]);
}

/** The alarm that counts responses with a code, by its name in docs/operations.md; undefined if none does. */
export function alarmOf(code: Code): string | undefined {
  const { status } = entryOf(code);
  if (status < 500) return 'RejectionRate';
  return (ALARMS as Partial<Record<Code, string>>)[code];
}

const ALARMS = {
  keys_unavailable: 'KeysUnavailable',
  config_unavailable: 'ConfigUnavailable',
  upstream_error: 'UpstreamErrors',
  upstream_timeout: 'UpstreamErrors',
  upstream_response_too_large: 'UpstreamErrors',
  internal_error: 'InternalErrors',
} as const satisfies Partial<Record<Code, string>>;

const RUNBOOK_BY_STATUS: Readonly<Partial<Record<number, string>>> = {
  400: 'Callers get 400',
  401: 'Callers get 401 for everything',
  403: 'Callers get 403',
  405: 'Callers get 400',
};

const runbookOf = (code: Code): string =>
  CODE_ACCOUNTS[code].runbook ?? RUNBOOK_BY_STATUS[entryOf(code).status] ?? 'Callers get 502 or 504';

/** The anchor that GitHub gives to a heading. */
const anchorOf = (heading: string): string => heading.toLowerCase().replaceAll('`', '').replaceAll(' ', '-');

function summary(): string {
  const rows = (Object.keys(CODE_ACCOUNTS) as Code[]).map((code) => {
    const { status, challenge } = entryOf(code);
    return `| [\`${code}\`](#${code}) | ${status} | ${errorOf(challenge).join('')} | ${CODE_ACCOUNTS[code].remedy} |`;
  });
  return ['| code | status | challenge | what helps |', '|---|---|---|---|', ...rows].join('\n');
}

const errorOf = (challenge: string | undefined): string[] => {
  if (challenge === undefined) return [];
  return [challenge === 'none' ? 'a challenge without `error`' : `\`${challenge}\``];
};

const remedies = (): string =>
  Object.entries(REMEDIES)
    .map(([remedy, text]) => `- **${remedy}**: ${text}.`)
    .join('\n');

function entry(code: Code): string {
  const { caller, operator, remedy, see } = CODE_ACCOUNTS[code];
  const { status, challenge } = entryOf(code);
  const more = see === undefined ? '' : ` More: [${see.text}](${see.page}).`;
  return [
    `### ${code}`,
    [String(status), ...errorOf(challenge), `what helps: ${remedy}`].join(' · '),
    `**Caller.** ${caller}`,
    `**Operator.** ${operator}${more}`,
    whereToLook(code),
    `\`\`\`http\n${exampleResponse(code)}\n\`\`\``,
  ].join('\n\n');
}

function whereToLook(code: Code): string {
  const { reason, fields }: CodeAccount = CODE_ACCOUNTS[code];
  const outcome = kindOf({ code, status: entryOf(code).status });
  const alarm = alarmOf(code);
  const alarms = alarm === undefined ? 'no alarm of its own' : `alarm \`${alarm}\``;
  const names = fields.map((field) => `\`${field}\``).join(', ');
  const members = fields.length === 0 ? '' : `; see also ${names}`;
  return [
    `- Log: \`reason\`, such as \`${reason}\`${members}`,
    `- Metric: \`Decisions\` with \`outcome\` \`${outcome}\`; ${alarms}\n- Runbook: [${runbookOf(code)}](runbook.md#${anchorOf(runbookOf(code))})`,
  ].join('\n');
}
