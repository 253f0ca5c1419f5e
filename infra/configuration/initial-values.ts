import type { Options } from '../options/options.ts';
import type { InitialValues } from './seeded-parameters.ts';

interface Sources {
  readonly options: Options;
  /** The value of a policy that is given. */
  readonly policy?: string | undefined;
  /** From elsewhere, such as those of a user pool that is deployed along. */
  readonly initial?: InitialValues | undefined;
  /** Of a Verified Access instance that is deployed along. */
  readonly instanceArn: string | undefined;
}

/** The parameters' initial values: the contract's, but for what is known already. A policy file comes first. */
export function initialValues({ options, policy, initial, instanceArn }: Sources): InitialValues {
  const { nativePreFilter, nativeIssuer, nativeJwksUri, nativeAudience } = options;
  return {
    ...initial,
    // So that the load balancer and the function, one behind the other, ask for the same.
    ...(nativePreFilter && nativeIssuer !== undefined ? { issuer: nativeIssuer } : {}),
    ...(nativePreFilter && nativeJwksUri !== undefined ? { 'jwks-uri': nativeJwksUri } : {}),
    ...(nativePreFilter && nativeAudience !== undefined ? { audience: nativeAudience } : {}),
    ...(instanceArn === undefined ? {} : { policy: adminPolicy(instanceArn, initial?.policy) }),
    ...(policy === undefined ? {} : { policy }),
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
