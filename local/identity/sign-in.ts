import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Configuration, KoaContextWithOIDC, Provider } from 'oidc-provider';
import type { OidcLibrary } from './oidc-library.ts';

/** The user whom every sign-in names. */
export const DEMO_USER = 'demo-user';

const PATH = '/sign-in/';

/** Makes the user sign in and consent at each authorization request, so that each login is as recent and as strong as requested. */
export function signInEachTime({
  interactionPolicy,
}: OidcLibrary): NonNullable<Configuration['interactions']> {
  const policy = interactionPolicy.base();
  const isSignedIn = ({ oidc }: KoaContextWithOIDC) => oidc.result?.login !== undefined;
  const check = new interactionPolicy.Check(
    'each_time',
    'each authorization request needs a sign-in',
    'login_required',
    (context) => !isSignedIn(context),
  );
  policy.get('login')?.checks.add(check);
  return { policy, url: (_, { uid }) => PATH + uid };
}

/** How and when the user of an access token signed in (RFC 9068 §2.2.1); nothing for a client without a user. */
export function loginClaims({ oidc }: KoaContextWithOIDC): object {
  const { AuthorizationCode: code, RefreshToken: refresh } = oidc.entities;
  const { acr, authTime } = code ?? refresh ?? {};
  return { ...(acr !== undefined && { acr }), ...(authTime !== undefined && { auth_time: authTime }) };
}

export const isSignIn = (url: string | undefined): boolean => url?.startsWith(PATH) === true;

export const findAccount: NonNullable<Configuration['findAccount']> = (_, accountId) => ({
  accountId,
  claims: () => ({ sub: accountId }),
});

/**
 * Signs the demo user in and grants everything that the client requests, without showing a page: the person who started the
 * stack is the user, and tests cannot click.
 */
export async function signIn(
  provider: Provider,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { params } = await provider.interactionDetails(request, response);
  // Reports the strongest requested login as done (RFC 9470 §4).
  const [acr] = String(params.acr_values ?? '').split(' ');
  const scope = String(params.scope ?? '');
  const grant = new provider.Grant({ accountId: DEMO_USER, clientId: String(params.client_id) });
  grant.addOIDCScope(scope);
  for (const resource of [params.resource].flat()) {
    if (typeof resource === 'string') grant.addResourceScope(resource, scope);
  }
  const consent = { grantId: await grant.save() };
  await provider.interactionFinished(request, response, {
    login: { accountId: DEMO_USER, ...(acr && { acr }) },
    consent,
  });
}
