import type { Config } from '../../lambda/core/config/config.ts';
import type { PolicyDocument } from '../../lambda/core/config/policy-schema.ts';
import { ofPolicy, type Warning } from '../../lambda/core/config/warning.ts';
import { DEFAULT_PROVIDER } from '../../lambda/core/provider.ts';
import { corsWarnings } from './cors-warnings.ts';
import { identityWarnings } from './identity-warnings.ts';
import { issuerWarnings } from './issuer-warnings.ts';
import { keyEndpointWarnings } from './key-endpoint-warnings.ts';
import { mcpWarnings } from './mcp-warnings.ts';
import { nearNameWarnings } from './near-names.ts';
import { nearRequestWarnings } from './near-requests.ts';
import { openRouteWarnings } from './open-routes.ts';
import { overlapWarnings } from './overlap-warnings.ts';
import type { OwnAddress } from './own-address.ts';
import { pathWarnings } from './path-warnings.ts';
import { placeholderWarnings } from './placeholders.ts';
import { resourceWarnings } from './resource-warnings.ts';
import { routeWarnings } from './route-warnings.ts';
import { ruleWarnings } from './rule-warnings.ts';
import { upstreamLoops } from './upstream-loops.ts';
import { upstreamWarnings } from './upstream-warnings.ts';

/** What to judge: a valid configuration, and the policy that it was parsed from. */
export interface Checked {
  readonly policy: PolicyDocument;
  readonly config: Config;
  /** Path patterns of the listener rules that send requests here; undefined if unknown. */
  readonly listenerPaths: readonly string[] | undefined;
  /** Addresses of the deployment, as far as they are known. */
  readonly ownAddresses: readonly OwnAddress[];
  /** Whether this is the live policy, perhaps from before an upgrade. */
  readonly inForce: boolean;
}

/** Warnings about what is valid but most likely not intended, or worth knowing before it is in force. */
export function warningsOf({
  policy: document,
  config,
  listenerPaths,
  ownAddresses,
  inForce,
}: Checked): Warning[] {
  const { providers } = config;
  const hasDefault = providers.some(({ name }) => name === DEFAULT_PROVIDER);
  // Without a default provider, requests that match no route are denied whatever the policy says.
  const policy: PolicyDocument = hasDefault ? document : { ...document, unmatched: 'deny' };
  return [
    ...config.warnings,
    ...openRouteWarnings(policy),
    ...nearRequestWarnings(policy, config),
    ...pathWarnings(policy, listenerPaths),
    ...keyEndpointWarnings(providers).map((message) => ofPolicy('key-endpoint', message)),
    ...identityWarnings(policy, providers),
    ...issuerWarnings(providers),
    ...placeholderWarnings(policy, config),
    ...overlapWarnings(policy, providers).map((message) => ofPolicy('overlapping-providers', message)),
    ...ruleWarnings(policy, inForce),
    ...routeWarnings(policy),
    ...resourceWarnings(policy, config),
    ...corsWarnings(policy),
    ...mcpWarnings(policy, config),
    ...upstreamWarnings(policy, config),
    ...upstreamLoops(policy, config, ownAddresses),
    ...nearNameWarnings(policy),
  ];
}
