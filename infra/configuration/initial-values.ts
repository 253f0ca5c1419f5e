import type { Options } from '../options/options.ts';
import type { InitialValues } from './seeded-parameters.ts';

interface Sources {
  readonly options: Options;
  /** The policy that the options name, if any. */
  readonly policy?: string | undefined;
  /** Values from elsewhere, such as those of a user pool in the same stack. */
  readonly initial?: InitialValues | undefined;
  /** ARN of the Verified Access instance in the same stack, if any. */
  readonly instanceArn: string | undefined;
}

/** Initial values of the parameters for which a value is already known. A policy file takes precedence. */
export function initialValues({ options, policy, initial, instanceArn }: Sources): InitialValues {
  const { nativePreFilter, nativeIssuer, nativeJwksUri, nativeAudience } = options;
  return {
    ...initial,
    // So that the load balancer and the function behind it require the same.
    ...(nativePreFilter && nativeIssuer !== undefined ? { issuer: nativeIssuer } : {}),
    ...(nativePreFilter && nativeJwksUri !== undefined ? { 'jwks-uri': nativeJwksUri } : {}),
    ...(nativePreFilter && nativeAudience !== undefined ? { audience: nativeAudience } : {}),
    ...(instanceArn === undefined ? {} : { policy: adminPolicy(instanceArn, initial?.policy) }),
    ...(policy === undefined ? {} : { policy }),
  };
}

/** A policy that admits callers of an admin route only through Verified Access. */
function adminPolicy(instanceArn: string, base = '{}'): string {
  const { providers = {} } = JSON.parse(base);
  return JSON.stringify({
    providers: { ...providers, staff: { type: 'verified-access', instanceArn } },
    // The upstream learns who calls, and gets nothing that could be replayed.
    routes: [{ path: '/api/admin/*', providers: ['staff'], stripToken: true }],
  });
}
