import type { Explained, Field, Logged, ReceivedResponse, Sent } from '../contract.ts';
import { aside, el, fold } from './dom.ts';

/** The challenge to the caller, from `WWW-Authenticate`. */
export function challengeSection({ headers }: ReceivedResponse): HTMLElement[] {
  const challenges = headers.filter(([name]) => name.toLowerCase() === 'www-authenticate');
  if (challenges.length === 0) return [];
  const blocks = challenges.map(([, value]) => el('pre', { class: 'block challenge' }, value));
  return [el('h3', {}, 'Challenge'), ...blocks];
}

/** The response as the caller gets it. Folded if the stack's upstream sent it, because that repeats what it received. */
export function responseSection({ answer, received }: Sent): HTMLElement {
  const { status, headers, body, bodyEncoding, cut } = answer;
  return fold(
    `Response · ${status}`,
    received === undefined,
    fieldTable(headers),
    ...bodyBlock({ body, bodyEncoding, cut }, 'answer-body'),
  );
}

/** What the upstream received, compared with what was sent. For another upstream, what `explain` says that it gets. */
export function upstreamSection({ request, received, logged, explained }: Sent): HTMLElement[] {
  if (received === undefined) {
    const went = logged?.line.upstreamStatus !== undefined;
    const upstream = explained.kind === 'explained' ? explained.explanation.upstream : undefined;
    if (!went || upstream === undefined) {
      const text = went
        ? 'The request went to an upstream that does not show what it received.'
        : 'The upstream received nothing.';
      return [el('p', { class: 'nothing', id: 'upstream' }, text)];
    }
    const { destination, path, identity, token } = upstream;
    return [
      fold(
        `Upstream gets · ${request.method} ${destination}${path}`,
        true,
        fieldTable(identity, () => 'added'),
        el(
          'p',
          { class: 'hint', id: 'upstream' },
          `This upstream does not show what it received. These are the identity headers that the function adds; it ${token ? 'forwards the token' : 'does not forward the token'}.`,
        ),
      ),
    ];
  }
  const { method, url, headers, body, bodyEncoding, cut } = received;
  const sent = new Map(request.headers.map(([name, value]) => [name.toLowerCase(), value]));
  const got = new Set(headers.map(([name]) => name.toLowerCase()));
  const dropped = request.headers.filter(([name]) => !got.has(name.toLowerCase()));
  const markOf = ([name, value]: Field) => {
    const before = sent.get(name.toLowerCase());
    if (before === undefined) return 'added';
    return before === value ? undefined : 'replaced';
  };
  return [
    fold(
      `Upstream received · ${method} ${url}`,
      true,
      fieldTable(headers, markOf),
      dropped.length === 0 ? undefined : el('p', { class: 'hint' }, 'Sent, but not forwarded:'),
      dropped.length === 0 ? undefined : fieldTable(dropped, () => 'dropped'),
      ...bodyBlock({ body, bodyEncoding, cut }),
    ),
  ];
}

export function logSection(logged: Logged | undefined): HTMLElement[] {
  if (logged === undefined) return [];
  const { line, further } = logged;
  return [
    fold(
      'Log line',
      false,
      el('pre', { class: 'block', id: 'log-line' }, JSON.stringify(line, null, 2)),
      ...further.map((text) => el('pre', { class: 'block' }, pretty(text))),
    ),
  ];
}

/** The readings of the path, if there are several. */
export function readingsSection(explained: Explained): HTMLElement[] {
  if (explained.kind === 'invalid' || explained.readings.length < 2) return [];
  const { readings } = explained;
  const others = readings.filter(({ same }) => !same).length;
  const rows = readings.map(({ text, steps, comesTo, same }) =>
    el(
      'tr',
      { class: same ? undefined : 'other' },
      el('td', {}, el('code', {}, text)),
      el('td', {}, steps.length === 0 ? 'none' : steps.join(', ')),
      el('td', {}, comesTo),
    ),
  );
  const head = ['Read as', 'Steps', 'Matches'].map((text) => el('th', { scope: 'col' }, text));
  return [
    fold(
      `Readings of the path · ${readings.length}${others === 0 ? '' : `, ${others} with another route`}`,
      others > 0,
      el(
        'div',
        { class: 'wide', tabindex: '0', role: 'group', 'aria-label': 'Readings of the path' },
        el('table', { class: 'readings' }, el('thead', {}, el('tr', {}, ...head)), el('tbody', {}, ...rows)),
      ),
    ),
  ];
}

const fieldTable = (
  fields: readonly Field[],
  markOf: (field: Field) => string | undefined = () => undefined,
) =>
  el(
    'dl',
    { class: 'members' },
    ...fields.flatMap((field) => {
      const mark = markOf(field);
      return [
        el('dt', { class: mark }, field[0]),
        el('dd', {}, shownValue(field[1]), ...(mark === undefined ? [] : aside(`mark-${mark}`, mark))),
      ];
    }),
  );

/** The longest value shown in full, in characters: a token would push everything else out of sight. */
const LONG = 200;
const BEGINNING = 60;

const shownValue = (value: string): Node | string =>
  value.length <= LONG
    ? value
    : el(
        'details',
        { class: 'long' },
        el('summary', {}, `${value.slice(0, BEGINNING)}… `, el('span', {}, `${value.length} characters`)),
        value,
      );

const bodyBlock = (
  { body, bodyEncoding, cut }: Pick<ReceivedResponse, 'body' | 'bodyEncoding' | 'cut'>,
  id?: string,
): HTMLElement[] => [
  ...(body === '' ? [] : [el('pre', { class: 'block', id }, pretty(body))]),
  ...(bodyEncoding === 'base64' ? [el('p', { class: 'hint' }, 'The body is not text: this is base64.')] : []),
  ...(cut ? [el('p', { class: 'hint' }, 'The body is longer than this.')] : []),
];

function pretty(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}
