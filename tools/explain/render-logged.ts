import type { JsonObject } from '../../lambda/core/jwt/decode.ts';
import { type Look, type Paint, plain } from '../terminal-colors.ts';
import { duration, listed, shown, time } from './format.ts';
import { type Line, printed, printedJson } from './lines.ts';
import { type FoundDecision, type FoundLine, type RequestReport, timeOfId } from './logged-request.ts';

/** Longest value of a line that is shown. The function writes none that are longer. */
const MAX_VALUE = 4096;

/** What the log says about a request, for people. Shows lines as they are, made harmless to a terminal. */
export function renderLogged(report: RequestReport, timeZone: string, paint: Paint = plain): string {
  const { id, searched, decisions, others } = report;
  const { groups, region, from, until, complete } = searched;
  const lines: Line[] = [
    `Request   ${id}`,
    `Searched  ${listed(groups)}, ${region}`,
    `          from ${time(from / 1000, timeZone)} to ${time(until / 1000, timeZone)}`,
    ...(complete
      ? []
      : [
          '          There are more lines with this id than could be read: search a shorter time with --since.',
        ]),
    ...severalLines(decisions.length),
    ...decisions.flatMap((decision) => ['', ...decisionLines(decision, timeZone)]),
    ...(decisions.length === 0 ? ['', ...notFound(report, timeZone)] : []),
    ...otherLines('Other lines with this id', others, timeZone),
  ];
  return printed(lines, paint);
}

/** The same for programs. */
export const renderLoggedJson = ({ id, searched, decisions, others }: RequestReport): string => {
  const lineOf = ({ group, stream, at, knownAs, members, text }: FoundLine) => ({
    group,
    stream,
    at: new Date(at).toISOString(),
    knownAs,
    line: members ?? text,
  });
  const { from, until } = searched;
  const period = { from: new Date(from).toISOString(), until: new Date(until).toISOString() };
  const value = {
    requestId: id,
    searched: { ...searched, ...period },
    decisions: decisions.map(({ line, meaning, further }) => ({
      ...lineOf(line),
      meaning,
      further: further.map(lineOf),
    })),
    others: others.map(lineOf),
  };
  return printedJson(value);
};

const severalLines = (count: number): string[] =>
  count < 2
    ? []
    : [
        '',
        `${count} decisions have this id; all of them follow. A client can send an id of its choice, even that of another request: find`,
        "the caller's by time, method and path.",
      ];

function decisionLines({ line, meaning, further }: FoundDecision, timeZone: string): Line[] {
  const members = line.members ?? {};
  const { code, status, reported, reason } = members;
  const [look, verdict]: [Look, string] =
    code === 'allowed'
      ? ['good', `let through with status ${shown(status)}`]
      : ['bad', `${shown(status)} ${text(code)}${meaning ? `: ${meaning.toldToCaller}` : ''}`];
  const onlyInTrace = line.knownAs.length === 1 && line.knownAs[0] === 'traceId';
  return [
    `Decision  ${time(line.at / 1000, timeZone)}, in ${line.group}`,
    ...(onlyInTrace
      ? [
          `Note      its own id is ${text(members.requestId)}; the id that you gave is only in its trace header, which a client can write`,
        ]
      : []),
    ['Verdict   ', [reported === undefined ? look : 'note', verdict]],
    ...(reported === undefined
      ? []
      : [`Reported  ${text(reported)}: logged but not enforced, since the policy has this as report-only`]),
    ...labelled('Reason', reason),
    `Request   ${text(members.method)} ${text(members.path)}`,
    ...labelled('Route', members.route),
    ...labelled('MCP', joined([members.mcpMethod, members.mcpName])),
    ...labelled(
      'Provider',
      joined([members.provider, members.kid === undefined ? undefined : `key ${text(members.kid)}`]),
    ),
    ...labelled('Config', members.configVersion),
    ...labelled('Took', timesOf(members)),
    ...(meaning === undefined
      ? []
      : [
          ['To do     ', ['note', meaning.operator]] as const,
          `Caller    what helps: ${meaning.whatHelps}`,
          `More      ${meaning.docs}`,
        ]),
    ...(meaning === undefined && code !== 'allowed'
      ? [
          [
            'To do     ',
            ['note', 'this version of the command does not know the code: use the version that is deployed'],
          ] as const,
        ]
      : []),
    ...otherLines('Further lines of this request', further, timeZone),
    '',
    'The line',
    ...memberLines(members),
  ];
}

function timesOf({ ms, upstreamMs, upstreamStatus, coldStart }: JsonObject): string | undefined {
  if (ms === undefined) return undefined;
  const upstream = upstreamMs === undefined ? undefined : `${shown(upstreamMs)} ms of that at the upstream`;
  const responded =
    upstreamStatus === undefined ? undefined : `which responded with ${shown(upstreamStatus)}`;
  return joined([
    `${shown(ms)} ms`,
    upstream,
    responded,
    coldStart === true ? 'in a new environment' : undefined,
  ]);
}

function otherLines(title: string, lines: readonly FoundLine[], timeZone: string): string[] {
  if (lines.length === 0) return [];
  return [
    '',
    title,
    ...lines.flatMap(({ at, group, members, text: raw }) => [
      `  ${time(at / 1000, timeZone)}, in ${group}: ${members === undefined ? cutText(raw) : text(members.message)}`,
      ...(members === undefined ? [] : memberLines(members).map((line) => `  ${line}`)),
    ]),
  ];
}

function memberLines(members: JsonObject): string[] {
  const names = Object.keys(members);
  const width = Math.min(20, Math.max(0, ...names.map((name) => shown(name, 40).length - 2)));
  return names.map(
    (name) => `  ${shown(name, 40).slice(1, -1).padEnd(width)}  ${shown(members[name], MAX_VALUE)}`,
  );
}

function notFound({ id, searched }: RequestReport, timeZone: string): Line[] {
  const { from, until } = searched;
  const madeAt = timeOfId(id);
  const outside = madeAt !== undefined && (madeAt < from || madeAt > until);
  const earlier = outside
    ? [
        `the request is from another time: by its id from ${time(madeAt / 1000, timeZone)}, ${duration((until - madeAt) / 1000)} ago; see --since`,
      ]
    : ['the request is older than that; see --since'];
  return [
    [['bad', 'No decision was found.'], ' Possible reasons:'],
    ...[
      ...earlier,
      'it went to another stack, region or account, or to another log group: see --stack, --region and --log-group',
      'it was let through: with allowedLogRate below 1 only some of those are logged, and with a logLevel above INFO none',
      'the response was not from the function: the load balancer and API Gateway respond to some requests themselves, without "x-request-id"; see their access log',
      'the function ran out of time or memory before it wrote the line: look for "Task timed out" in its log at that time',
      'the line is only seconds old: try again in a minute; or it is older than logRetentionDays and has been deleted',
    ].map((reason) => `  - ${reason}`),
  ];
}

const text = (value: unknown): string =>
  typeof value === 'string' ? cutText(value) : shown(value, MAX_VALUE);
const cutText = (value: string): string => (value.length > MAX_VALUE ? shown(value, MAX_VALUE) : value);

const labelled = (label: string, value: unknown): string[] =>
  value === undefined ? [] : [`${label.padEnd(9)} ${text(value)}`];

const joined = (parts: readonly unknown[]): string | undefined => {
  const present = parts.filter((part) => part !== undefined).map(text);
  return present.length === 0 ? undefined : present.join(', ');
};
