import type { StackState } from '../contract.ts';
import type { ChangeList } from './changes.ts';
import type { Configuration } from './configuration.ts';
import type { DecisionPanel } from './decision.ts';
import { button, byId, el } from './dom.ts';
import type { RequestForm } from './request-form.ts';
import { messageOf, server } from './server.ts';
import { tampered } from './tampered.ts';
import type { TokenPanel } from './token.ts';

interface Surroundings {
  readonly stack: StackState;
  readonly form: RequestForm;
  readonly token: TokenPanel;
  readonly configuration: Configuration;
  readonly changes: ChangeList;
  readonly decision: DecisionPanel;
  readonly showOutage: (on: boolean) => void;
}

/** A way to break things. */
interface Break {
  readonly title: string;
  readonly about: string;
  /** Breaks it; answers how to put it back, beyond the request and the token. */
  readonly apply: () => Promise<(() => Promise<void>) | undefined>;
}

export interface Breaks {
  readonly endOutage: () => Promise<void>;
}

export function createBreaks(around: Surroundings): Breaks {
  const { form, token, decision, showOutage } = around;
  const list = byId('breaks', HTMLElement);
  let putBack: (() => Promise<void>) | undefined;

  const setOutage = async (on: boolean) => {
    await server.setOutage({ on });
    showOutage(on);
  };
  const restore = async () => {
    const undo = putBack;
    putBack = undefined;
    decision.setBroken();
    await undo?.();
  };
  const tell = (title: string, about: string, ...actions: readonly HTMLElement[]) =>
    decision.setBroken(el('strong', {}, title), ` ${about} `, ...actions);
  // One after the other: each begins with what the one before has put back. A button that is disabled would lose the focus.
  let busy = false;
  const guarded = async (work: () => Promise<void>) => {
    if (busy) return;
    busy = true;
    for (const one of list.children) one.setAttribute('aria-disabled', 'true');
    try {
      await work();
    } catch (error) {
      decision.setBroken(el('span', { class: 'failure' }, messageOf(error)));
    } finally {
      busy = false;
      for (const one of list.children) one.removeAttribute('aria-disabled');
    }
  };
  const use = ({ title, about, apply }: Break) =>
    guarded(async () => {
      await restore();
      const [request, held] = [form.read(), token.get()];
      tell(title, 'is on its way …');
      const undo = await apply();
      putBack = async () => {
        form.write(request);
        await token.set(held);
        await undo?.();
      };
      const back = () => guarded(() => restore().then(form.send));
      tell(
        title,
        about,
        button('Put it back', () => void back(), { id: 'put-back' }),
      );
      await form.send();
    });

  list.append(
    ...breaks({ ...around, setOutage }).map((one) =>
      button(one.title, () => void use(one), { title: one.about }),
    ),
  );
  return {
    endOutage: () => guarded(() => setOutage(false)),
  };
}

function breaks({
  form,
  token,
  configuration,
  changes,
  setOutage,
}: Surroundings & { readonly setOutage: (on: boolean) => Promise<void> }): Break[] {
  const issued = (request: Parameters<TokenPanel['issue']>[0]) => async () => {
    await token.issue(request);
    return undefined;
  };
  return [
    {
      title: 'No token',
      about: 'The request carries no credential.',
      apply: async () => {
        await token.set('');
        return undefined;
      },
    },
    {
      title: 'Expired token',
      about: 'The token was good until an hour ago.',
      apply: issued({ lifetime: -3600 }),
    },
    {
      title: 'Another audience',
      about: 'The token is genuine, but made for another API.',
      apply: issued({ audience: 'another-api.example.com' }),
    },
    {
      title: 'Tampered token',
      about: 'Its subject was changed to "admin", and nobody signed that.',
      apply: async () => {
        await token.set(tampered(token.get()));
        return undefined;
      },
    },
    {
      title: 'Spoofed identity header',
      about: 'The client sends x-jwt-subject itself. Look at what the upstream received.',
      apply: async () => {
        const { headers } = form.read();
        form.write({
          headers: `${headers === '' ? '' : `${headers}\n`}x-jwt-subject: admin\nX_JWT_Subject: admin`,
        });
        return undefined;
      },
    },
    {
      title: 'Another spelling of the path',
      about: 'Some servers take this path for the one it was made of. The readings show which.',
      apply: async () => {
        form.write({ target: respelled(form.read().target) });
        return undefined;
      },
    },
    {
      title: 'Revoke this token',
      about: 'Its client is in the parameter "revocations" now.',
      apply: async () => {
        const before = configuration.stored('revocations');
        await changes.inForce(
          'revocations',
          await configuration.put('revocations', withRevoked(before, token.claims())),
        );
        return async () => {
          await changes.inForce('revocations', await configuration.put('revocations', before));
        };
      },
    },
    {
      title: 'Rotate the keys',
      about:
        'The authorization server signs with new keys. The token has an old one; get a new token to see the function look for its key.',
      apply: async () => {
        await server.rotateKeys();
        return () => token.issue();
      },
    },
    {
      title: 'Outage',
      about: 'The authorization server answers 503 to everything. Keys that the function has still serve.',
      apply: async () => {
        await setOutage(true);
        return () => setOutage(false);
      },
    },
  ];
}

/** The same path to a server that ignores case and merges slashes. */
function respelled(target: string): string {
  const [, path = '', query = ''] = /^([^?]*)(.*)$/s.exec(target) ?? [];
  const segments = path.split('/');
  const last = segments.pop() ?? '';
  const guarded = segments.pop() ?? '';
  return [...segments, guarded.toUpperCase(), '', last].join('/') + query;
}

/** The revocations with the client of these claims as well. */
function withRevoked(value: string, claims: ReturnType<TokenPanel['claims']>): string {
  const { iss, client_id: client } = claims ?? {};
  if (typeof iss !== 'string' || typeof client !== 'string') {
    throw new Error('There is no token with an issuer and a client to revoke. Get one first.');
  }
  const revocations = parse(value);
  const ofIssuer = revocations[iss] ?? {};
  const clients = [...new Set([...(ofIssuer.client_id ?? []), client])];
  return JSON.stringify({ ...revocations, [iss]: { ...ofIssuer, client_id: clients } });
}

function parse(value: string): Record<string, { readonly client_id?: readonly string[] }> {
  try {
    return JSON.parse(value);
  } catch {
    throw new Error('The parameter "revocations" is not JSON, so nothing can be added to it. Put {} first.');
  }
}
