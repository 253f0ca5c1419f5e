import { AWS, COGNITO, COGNITO_BOUND } from './amazon.ts';
import { AUTH0, KEYCLOAK, OKTA, PINGONE } from './authorization-servers.ts';
import { CLOUDFLARE } from './cloudflare.ts';
import { FIREBASE, GOOGLE, IAP } from './google.ts';
import { AZURE, ENTRA, ENTRA_TENANTS, ENTRA_V1 } from './microsoft.ts';
import { GITHUB_ACTIONS, GITLAB_CI } from './pipelines.ts';
import type { Preset } from './preset.ts';
import { CLUSTER, EKS, SPIFFE } from './workloads.ts';

/** In the order of docs/identity-providers.md. */
export const PRESETS: readonly Preset[] = [
  COGNITO,
  COGNITO_BOUND,
  AWS,
  ENTRA,
  ENTRA_V1,
  ENTRA_TENANTS,
  AZURE,
  OKTA,
  AUTH0,
  KEYCLOAK,
  PINGONE,
  GOOGLE,
  IAP,
  FIREBASE,
  CLOUDFLARE,
  GITHUB_ACTIONS,
  GITLAB_CI,
  EKS,
  CLUSTER,
  SPIFFE,
];
