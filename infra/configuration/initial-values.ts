import type { Options } from '../options/options.ts';
import type { PolicyFile } from '../options/policy-file.ts';
import type { InitialValues } from './seeded-parameters.ts';

interface Sources {
  readonly options: Options;
  readonly policy: PolicyFile | undefined;
  /** Of a user pool that is deployed along. */
  readonly pool: InitialValues | undefined;
  /** Of a Verified Access instance that is deployed along. */
  readonly instanceArn: string | undefined;
}

/** The parameters' initial values: the contract's, but for what is known already. A policy file comes first. */
export function initialValues({ options, policy, pool, instanceArn }: Sources): InitialValues {
  const { nativePreFilter, nativeIssuer, nativeJwksUri, nativeAudience } = options;
  return {
    ...pool,
    // So that the load balancer and the function, one behind the other, ask for the same.
    ...(nativePreFilter && nativeIssuer !== undefined ? { issuer: nativeIssuer } : {}),
    ...(nativePreFilter && nativeJwksUri !== undefined ? { 'jwks-uri': nativeJwksUri } : {}),
    ...(nativePreFilter && nativeAudience !== undefined ? { audience: nativeAudience } : {}),
    ...(instanceArn === undefined ? {} : { policy: adminPolicy(instanceArn, pool?.policy) }),
    ...(policy === undefined ? {} : { policy: policy.value }),
  };
}

/** Whoever calls an admin route must have come through Verified Access. */
function adminPolicy(instanceArn: string, base = '{}'): string {
  const { providers = {} } = JSON.parse(base);
  return JSON.stringify({
    providers: { ...providers, staff: { type: 'verified-access', instanceArn } },
    // The upstream gets who it is, and nothing that could be sent again.
    routes: [{ path: '/api/admin/*', providers: ['staff'], stripToken: true }],
  });
}
