import type { DecodedToken, StackState, TokenRequest } from '../contract.ts';
import { aside, byId, el } from './dom.ts';
import { createLatest } from './latest.ts';
import { messageOf, server } from './server.ts';
import { moment } from './times.ts';
import { createTokenInk } from './token-ink.ts';

export interface TokenPanel {
  /** The token to send, once the pasted text has been decoded. */
  readonly get: () => Promise<string>;
  readonly set: (token: string) => Promise<void>;
  /** Gets a token from the authorization server. `changes` override the form's fields. Rejects with the reason if it gets none. */
  readonly issue: (changes?: Partial<TokenRequest>) => Promise<void>;
  /** The token's claims; undefined if the text is not a token. */
  readonly claims: () => Readonly<Record<string, unknown>> | undefined;
}

export function createToken(stack: StackState): TokenPanel {
  const scope = byId('scope', HTMLInputElement);
  const audience = byId('audience', HTMLInputElement);
  const lifetime = byId('lifetime', HTMLInputElement);
  const text = byId('token', HTMLTextAreaElement);
  const failure = byId('token-failure', HTMLElement);
  const shown = byId('decoded', HTMLElement);
  const ink = createTokenInk(text, byId('token-ink', HTMLElement));
  const hasServer = stack.authorizationServer !== undefined;
  byId('token-request', HTMLElement).hidden = !hasServer;
  byId('token-label', HTMLElement).textContent = hasServer ? 'Token, or paste one' : 'Paste a token';
  scope.value = stack.scopes.join(' ');
  audience.value = stack.audience;
  let decoded: DecodedToken | undefined;
  const latest = createLatest();

  const show = async () => {
    failure.textContent = '';
    ink();
    decoded = undefined;
    if (text.value.trim() === '') {
      await latest(Promise.resolve());
      shown.replaceChildren(...withoutToken(stack));
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
  let shownAll = Promise.resolve();
  const changed = () => {
    shownAll = guarded(show());
    return shownAll;
  };
  const set = (token: string) => {
    text.value = token;
    return changed();
  };
  const issue: TokenPanel['issue'] = async (changes = {}) => {
    const { token } = await server.issueToken({
      scope: scope.value,
      audience: audience.value,
      lifetime: Number(lifetime.value),
      ...changes,
    });
    await set(token);
  };
  text.addEventListener('input', () => void changed());
  byId('issue', HTMLButtonElement).addEventListener('click', () => void guarded(issue()));
  void guarded(hasServer ? issue() : changed());
  return {
    async get() {
      await shownAll;
      // Text that is not a token is sent unchanged, to show how it is rejected.
      return decoded?.claims === undefined ? text.value : decoded.token;
    },
    set,
    issue,
    claims: () => decoded?.claims,
  };
}

function withoutToken({ authorizationServer, parameters }: StackState): HTMLElement[] {
  const hint = 'Without a token, the request is anonymous.';
  if (authorizationServer !== undefined) return [el('p', { class: 'hint' }, hint)];
  const parameterOf = (name: string) => parameters.find((parameter) => parameter.name === name)?.value ?? '';
  return [
    el(
      'p',
      { class: 'hint' },
      'This stack accepts access tokens of ',
      el('code', {}, parameterOf('issuer')),
      ' for ',
      el('code', {}, parameterOf('audience').split(',').join(' or ')),
      '. Get one there and paste it here: the token alone, a token response, or a curl command that carries it.',
    ),
    el('p', { class: 'hint' }, hint),
  ];
}

function decodedToken(decoded: DecodedToken): HTMLElement[] {
  const { notes, header, claims, problem, malformed, hints } = decoded;
  const failure = problem ?? (malformed && `This is not a token: it is ${malformed}.`);
  return [
    ...notes.map((note) => el('p', { class: 'note' }, note)),
    ...(failure === undefined
      ? []
      : [el('p', { class: 'failure' }, failure), el('p', { class: 'hint' }, 'It is sent unchanged.')]),
    ...hints.map((hint) => el('p', { class: 'hint' }, hint)),
    ...(header === undefined ? [] : [part('Header', 'ink-header', header)]),
    ...(claims === undefined
      ? []
      : [
          part('Claims', 'ink-claims', claims),
          el(
            'p',
            { class: 'hint' },
            'Decoded, not verified. The decision shows whether the function accepts it.',
          ),
        ]),
  ];
}

const TIMES = ['exp', 'nbf', 'iat', 'auth_time'];

function part(title: string, ink: string, members: Readonly<Record<string, unknown>>): HTMLElement {
  const rows = Object.entries(members).flatMap(([name, value]) => [
    el('dt', {}, name),
    el(
      'dd',
      {},
      JSON.stringify(value),
      ...(TIMES.includes(name) && typeof value === 'number' ? aside('when', moment(value)) : []),
    ),
  ]);
  return el('div', { class: `part ${ink}` }, el('h4', {}, title), el('dl', { class: 'members' }, ...rows));
}
