import type { StackState } from '../contract.ts';
import type { ChangeList } from './changes.ts';
import type { Configuration } from './configuration.ts';
import type { RequestForm } from './request-form.ts';
import { withRevoked } from './revoked.ts';
import { server } from './server.ts';
import { tampered } from './tampered.ts';
import type { TokenPanel } from './token.ts';

/** What a way to break things acts on. */
export interface Surroundings {
  readonly stack: Pick<StackState, 'authorizationServer' | 'upstreamTells'>;
  readonly form: RequestForm;
  readonly token: TokenPanel;
  readonly configuration: Configuration;
  readonly changes: ChangeList;
  readonly setOutage: (on: boolean) => Promise<void>;
}

/** A way to break things. */
export interface Break {
  readonly title: string;
  readonly about: string;
  /** Breaks it; answers how to put it back, beyond the request and the token. */
  readonly apply: () => Promise<(() => Promise<void>) | undefined>;
  /** Where it cannot be put back: what is done in place of that, and what is to be said of it afterwards. */
  readonly lasting?: { readonly action: string; readonly title: string; readonly about: string };
}

/** The breaks that a stack can make. Some need an authorization server that does as it is told. */
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
  about: 'Its subject was changed to "admin", and nobody signed that.',
  apply: async () => {
    await token.set(tampered(await token.get()));
    return undefined;
  },
});

const spoofedHeader = ({ form, stack }: Surroundings): Break => ({
  title: 'Spoofed identity header',
  about: `The client sends x-jwt-subject itself. Look at what the upstream ${stack.upstreamTells ? 'received' : 'gets'}.`,
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
  about: 'Some servers read this path as the one that it was made from. The readings show which.',
  apply: async () => {
    form.write({ target: respelled(form.read().target) });
    return undefined;
  },
});

const revocation = ({ token, configuration, changes }: Surroundings): Break => ({
  title: 'Revoke this token',
  about: 'The parameter "revocations" names it now.',
  apply: async () => {
    const before = configuration.stored('revocations');
    const revoked = withRevoked(before, token.claims());
    const put = async (value: string) =>
      changes.inForce('revocations', await configuration.put('revocations', value));
    await put(revoked);
    return async () => {
      if (configuration.stored('revocations') !== revoked) {
        throw new Error(
          'The parameter "revocations" has been changed since, and still names the token: take it out yourself.',
        );
      }
      await put(before);
    };
  },
});

const rotation = ({ token }: Surroundings): Break => ({
  title: 'Rotate the keys',
  about:
    'The authorization server signs with new keys and has withdrawn the old ones. Until the function fetches them, within a minute, it accepts the token that you have and refuses a new one.',
  apply: async () => {
    await server.rotateKeys();
    return () => token.issue();
  },
  lasting: {
    action: 'Get a new token',
    title: 'The keys stay rotated',
    about:
      'This token is signed with a new one. If it is refused, the function has not fetched that key yet: send the request again in a moment.',
  },
});

const outage = ({ setOutage }: Surroundings): Break => ({
  title: 'Outage',
  about:
    'The authorization server answers 503 to everything. The function goes on with the keys that it has.',
  apply: async () => {
    await setOutage(true);
    return () => setOutage(false);
  },
});

/** The same path to a server that ignores case and merges slashes. */
function respelled(target: string): string {
  const [, path = '', query = ''] = /^([^?]*)(.*)$/s.exec(target) ?? [];
  const segments = path.split('/');
  const last = segments.pop() ?? '';
  const guarded = segments.pop() ?? '';
  return [...segments, guarded.toUpperCase(), '', last].join('/') + query;
}
