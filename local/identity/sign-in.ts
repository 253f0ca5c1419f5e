import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Configuration, Provider } from 'oidc-provider';

/** Who signs in where a client sends its user here. */
export const DEMO_USER = 'demo-user';

const PATH = '/sign-in/';

/** Where the library sends a user to sign in and to consent. */
export const interactions = { url: (_, { uid }) => PATH + uid } satisfies Configuration['interactions'];

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
  const scope = String(params.scope ?? '');
  const grant = new provider.Grant({ accountId: DEMO_USER, clientId: String(params.client_id) });
  grant.addOIDCScope(scope);
  for (const resource of [params.resource].flat()) {
    if (typeof resource === 'string') grant.addResourceScope(resource, scope);
  }
  const consent = { grantId: await grant.save() };
  await provider.interactionFinished(request, response, { login: { accountId: DEMO_USER }, consent });
}
