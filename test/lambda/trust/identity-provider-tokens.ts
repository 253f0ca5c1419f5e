import { awsPrincipals, cognito, cognitoWithResource } from './identity-providers/amazon.ts';
import { auth0, keycloak, okta, pingOne } from './identity-providers/authorization-servers.ts';
import { cloudflareAccess } from './identity-providers/cloudflare.ts';
import { firebase, googleServiceAccount, identityAwareProxy } from './identity-providers/google.ts';
import type { IdentityProvider } from './identity-providers/identity-provider.ts';
import { entra, entraTenants, entraV1, managedIdentity } from './identity-providers/microsoft.ts';
import { githubActions, gitlabCi } from './identity-providers/pipelines.ts';
import { cluster, eks, spiffe } from './identity-providers/workloads.ts';

/** In the order of docs/identity-providers.md. */
export const IDENTITY_PROVIDERS: readonly IdentityProvider[] = [
  cognito(),
  cognitoWithResource(),
  ...awsPrincipals(),
  entra(),
  entraV1(),
  entraTenants(),
  managedIdentity(),
  okta(),
  auth0(),
  keycloak(),
  pingOne(),
  googleServiceAccount(),
  identityAwareProxy(),
  firebase(),
  cloudflareAccess(),
  githubActions(),
  gitlabCi(),
  eks(),
  cluster(),
  spiffe(),
];
