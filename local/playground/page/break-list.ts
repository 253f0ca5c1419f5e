import type { StackState } from '../contract.ts';
import type { ChangeList } from './changes.ts';
import type { Configuration } from './configuration.ts';
import type { RequestForm } from './request-form.ts';
import { withRevoked } from './revoked.ts';
import { server } from './server.ts';
import { tampered } from './tampered.ts';
import type { TokenPanel } from './token.ts';

/** What a break acts on. */
export interface Surroundings {
  readonly stack: Pick<StackState, 'authorizationServer' | 'upstreamTells'>;
  readonly form: RequestForm;
  readonly token: TokenPanel;
  readonly configuration: Configuration;
  readonly changes: ChangeList;
  readonly setOutage: (on: boolean) => Promise<void>;
}

/** A way to break the request, the token or the stack. */
export interface Break {
  readonly title: string;
  readonly about: string;
  /** Breaks it; returns how to undo that, apart from the request and the token. */
  readonly apply: () => Promise<(() => Promise<void>) | undefined>;
  /** For a break that cannot be undone: the action to offer instead, and what to say after it. */
  readonly lasting?: { readonly action: string; readonly title: string; readonly about: string };
}

/** The breaks that a stack offers. Some need the stack's own authorization server. */
export function breaksFor(around: Surroundings): Break[] {
  const hasServer = around.stack.authorizationServer !== undefined;
  return [
    noToken(around),
    ...(hasServer ? issuedTokens(around) : []),
    tamperedToken(around),
    spoofedHeader(around),
    otherSpelling(around),
    revocation(around),
    ...(hasServer ? [rotation(around), outage(around)] : []),
  ];
}

const noToken = ({ token }: Surroundings): Break => ({
  title: 'No token',
  about: 'The request carries no credential.',
  apply: async () => {
    await token.set('');
    return undefined;
  },
});

function issuedTokens({ token }: Surroundings): Break[] {
  const issued = (request: Parameters<TokenPanel['issue']>[0]) => async () => {
    await token.issue(request);
    return undefined;
  };
  return [
    {
      title: 'Expired token',
      about: 'The token expired an hour ago.',
      apply: issued({ lifetime: -3600 }),
    },
    {
      title: 'Another audience',
      about: 'The token is genuine, but was issued for another API.',
      apply: issued({ audience: 'another-api.example.com' }),
    },
  ];
}

const tamperedToken = ({ token }: Surroundings): Break => ({
  title: 'Tampered token',
  about: 'The subject was changed to "admin" after signing, so the signature no longer fits.',
  apply: async () => {
    await token.set(tampered(await token.get()));
    return undefined;
  },
});

const spoofedHeader = ({ form, stack }: Surroundings): Break => ({
  title: 'Spoofed identity header',
  about: `The client sends x-jwt-subject itself. See what the upstream ${stack.upstreamTells ? 'received' : 'gets'}.`,
  apply: async () => {
    const { headers } = form.read();
    form.write({
      headers: `${headers === '' ? '' : `${headers}\n`}x-jwt-subject: admin\nX_JWT_Subject: admin`,
    });
    return undefined;
  },
});

const otherSpelling = ({ form }: Surroundings): Break => ({
  title: 'Another spelling of the path',
  about: 'Some servers treat this path as the original one. The readings show which routes they would match.',
  apply: async () => {
    form.write({ target: respelled(form.read().target) });
    return undefined;
  },
});

const revocation = ({ token, configuration, changes }: Surroundings): Break => ({
  title: 'Revoke this token',
  about: 'The parameter "revocations" now names this token.',
  apply: async () => {
    const before = configuration.stored('revocations');
    const revoked = withRevoked(before, token.claims());
    const put = async (value: string) =>
      changes.inForce('revocations', await configuration.put('revocations', value));
    await put(revoked);
    return async () => {
      if (configuration.stored('revocations') !== revoked) {
        throw new Error(
          'The parameter "revocations" has changed since and still names the token: remove it there yourself.',
        );
      }
      await put(before);
    };
  },
});

const rotation = ({ token }: Surroundings): Break => ({
  title: 'Rotate the keys',
  about:
    'The authorization server signs with new keys and has withdrawn the old ones. Until the function fetches the new keys, within a minute, it accepts your present token and rejects a new one.',
  apply: async () => {
    await server.rotateKeys();
    return () => token.issue();
  },
  lasting: {
    action: 'Get a new token',
    title: 'The keys stay rotated',
    about:
      'This token is signed with a new key. If it is rejected, the function has not fetched that key yet: send the request again in a moment.',
  },
});

const outage = ({ setOutage }: Surroundings): Break => ({
  title: 'Outage',
  about:
    'The authorization server returns 503 to every request. The function keeps using the keys that it has.',
  apply: async () => {
    await setOutage(true);
    return () => setOutage(false);
  },
});

/** A path that is the same to a server that ignores case and merges slashes. */
function respelled(target: string): string {
  const [, path = '', query = ''] = /^([^?]*)(.*)$/s.exec(target) ?? [];
  const segments = path.split('/');
  const last = segments.pop() ?? '';
  const guarded = segments.pop() ?? '';
  return [...segments, guarded.toUpperCase(), '', last].join('/') + query;
}
