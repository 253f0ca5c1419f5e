import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Configuration, KoaContextWithOIDC, Provider } from 'oidc-provider';
import type { OidcLibrary } from './oidc-library.ts';

/** Who signs in where a client sends its user here. */
export const DEMO_USER = 'demo-user';

const PATH = '/sign-in/';

/** Sends a user to sign in and to consent for each request, so that each login is as new and as strong as is asked for. */
export function signInEachTime({
  interactionPolicy,
}: OidcLibrary): NonNullable<Configuration['interactions']> {
  const policy = interactionPolicy.base();
  const isSignedIn = ({ oidc }: KoaContextWithOIDC) => oidc.result?.login !== undefined;
  const check = new interactionPolicy.Check(
    'each_time',
    'each request is signed in for',
    'login_required',
    (context) => !isSignedIn(context),
  );
  policy.get('login')?.checks.add(check);
  return { policy, url: (_, { uid }) => PATH + uid };
}

/** How and when the user of an access token has signed in (RFC 9068 §2.2.1); of a client on its own nothing is known. */
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
 * Signs the demo user in and grants all that the client asks for, without a page: whoever starts the laptop stack is the
 * user, and a test has no hands.
 */
export async function signIn(
  provider: Provider,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { params } = await provider.interactionDetails(request, response);
  // Nothing is too much for this user (RFC 9470 §4).
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
