import type { DecodedToken, StackState, TokenRequest } from '../contract.ts';
import { byId, el } from './dom.ts';
import { createLatest } from './latest.ts';
import { messageOf, server } from './server.ts';
import { moment } from './times.ts';

export interface TokenPanel {
  /** The token as it is to be sent. */
  readonly get: () => string;
  readonly set: (token: string) => Promise<void>;
  /** Gets one from the authorization server, by the fields of the form but for what is given. */
  readonly issue: (changes?: Partial<TokenRequest>) => Promise<void>;
  /** What the token says; undefined where it is none. */
  readonly claims: () => Readonly<Record<string, unknown>> | undefined;
}

export function createToken(stack: StackState): TokenPanel {
  const scope = byId('scope', HTMLInputElement);
  const audience = byId('audience', HTMLInputElement);
  const lifetime = byId('lifetime', HTMLInputElement);
  const text = byId('token', HTMLTextAreaElement);
  const failure = byId('token-failure', HTMLElement);
  const shown = byId('decoded', HTMLElement);
  scope.value = stack.scopes.join(' ');
  audience.value = stack.audience;
  let decoded: DecodedToken | undefined;
  const latest = createLatest();

  const show = async () => {
    failure.textContent = '';
    if (text.value.trim() === '') {
      decoded = undefined;
      shown.replaceChildren(el('p', { class: 'hint' }, 'Without a token the request goes out anonymously.'));
      return;
    }
    const now = await latest(server.decode({ token: text.value }));
    if (now === undefined) return;
    decoded = now;
    shown.replaceChildren(...decodedToken(now));
  };
  const guarded = (work: Promise<void>) =>
    work.catch((error: unknown) => {
      failure.textContent = messageOf(error);
    });
  const set = (token: string) => {
    text.value = token;
    return guarded(show());
  };
  const issue: TokenPanel['issue'] = (changes = {}) =>
    guarded(
      server
        .issueToken({
          scope: scope.value,
          audience: audience.value,
          lifetime: Number(lifetime.value),
          ...changes,
        })
        .then(({ token }) => set(token)),
    );
  text.addEventListener('input', () => void guarded(show()));
  byId('issue', HTMLButtonElement).addEventListener('click', () => void issue());
  return {
    get: () => (decoded?.malformed === undefined ? (decoded?.token ?? text.value) : text.value),
    set,
    issue,
    claims: () => decoded?.claims,
  };
}

function decodedToken({ notes, header, claims, malformed, hints }: DecodedToken): HTMLElement[] {
  return [
    ...notes.map((note) => el('p', { class: 'note' }, note)),
    ...(malformed === undefined
      ? []
      : [el('p', { class: 'failure' }, `This is no token: it is ${malformed}.`)]),
    ...hints.map((hint) => el('p', { class: 'hint' }, hint)),
    ...(header === undefined ? [] : [part('Header', header)]),
    ...(claims === undefined ? [] : [part('Claims', claims)]),
    ...(claims === undefined
      ? []
      : [el('p', { class: 'hint' }, 'Decoded, not verified: the decision says what is.')]),
  ];
}

const TIMES = ['exp', 'nbf', 'iat', 'auth_time'];

function part(title: string, members: Readonly<Record<string, unknown>>): HTMLElement {
  const rows = Object.entries(members).flatMap(([name, value]) => [
    el('dt', {}, name),
    el(
      'dd',
      {},
      JSON.stringify(value),
      ...(TIMES.includes(name) && typeof value === 'number'
        ? [el('span', { class: 'when' }, moment(value))]
        : []),
    ),
  ]);
  return el('div', { class: 'part' }, el('h4', {}, title), el('dl', { class: 'members' }, ...rows));
}
