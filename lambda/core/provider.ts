import type { ClaimRules } from './claim-rules.ts';
import type { Place } from './credentials/place.ts';
import type { Algorithm } from './jwt/algorithms.ts';
import type { KeySet } from './keys/key-set.ts';

/** What every provider says of its tokens. */
interface ProviderBase {
  /** `default`, or its name in the policy: it tells the upstream which path a request came by. */
  readonly name: string;
  /** Where its tokens may stand in a request. */
  readonly places: readonly Place[];
  readonly algorithms: readonly Algorithm[];
  /** Accepted `typ` header parameters, lower-case, without `application/`; a token without `typ` passes. */
  readonly types: readonly string[];
  /** How far this clock and the issuer's may be apart, in seconds. */
  readonly clockToleranceSeconds: number;
  /** Greatest age by `iat`, in seconds, whatever `exp` says. */
  readonly maxTokenAgeSeconds: number | undefined;
  /** Rules for claims that every token must meet, or be no token of this provider. */
  readonly requiredClaims: ClaimRules;
  /** Claim that holds the scopes; undefined for `scope`, else `scp`. */
  readonly scopeClaim: string | undefined;
}

/** An issuer that publishes a key set: an authorization server, or the trust domain of SPIFFE workloads. */
export interface KeySetProvider extends ProviderBase {
  readonly type: 'jwks' | 'spiffe';
  /**
   * Exact values of `iss`; several where one key set serves several issuers. With `spiffe` the trust domain, which the
   * SPIFFE ID in `sub` is of.
   */
  readonly issuers: readonly string[];
  /** One of these must be in the audience claim; null is the explicit opt-out. */
  readonly audience: readonly string[] | null;
  /** `aud`, or the claim that a provider without audiences has in its place. */
  readonly audienceClaim: string;
  readonly keys: KeySetLocation | { readonly kind: 'inline'; readonly set: KeySet };
}

/** How a key endpoint is trusted, where not as any public one is. */
export interface EndpointTrust {
  /** Certificates in PEM form, in place of the public authorities. */
  readonly ca?: string | undefined;
  /** Allow plain http to private addresses. */
  readonly insecureHttp?: boolean | undefined;
}

/** Where a key set is fetched. */
export type KeySetLocation = { readonly trust?: EndpointTrust } & (
  | { readonly kind: 'url'; readonly url: URL }
  /** The URL is the one that the issuer's OIDC discovery document names. */
  | { readonly kind: 'discover'; readonly issuer: string }
);

/** The same as the parameters say it: a URL, or `discover`. */
export const locationOf = (location: KeySetLocation): string =>
  location.kind === 'url' ? location.url.href : location.kind;

/** Names a key set by whose it is and where it is: nobody else's tokens are verified with it. */
export const keySetId = (issuers: readonly string[], location: string): string =>
  JSON.stringify([issuers, location]);

/** An AWS service that adds a signed header of its own, told by `signer` in the JOSE header. */
export interface SignedHeaderProvider extends ProviderBase {
  readonly type: 'verified-access' | 'alb-oidc';
  /** ARN of the Verified Access instance or of the load balancer. Also the identity's issuer. */
  readonly signer: string;
  /** `client` of the JOSE header: the OIDC client of the load balancer's login. */
  readonly clientId: string | undefined;
  /** What the `kid` is appended to: each key is a PEM document of its own. */
  readonly keysUrl: URL;
  readonly trust?: EndpointTrust;
}

export type Provider = KeySetProvider | SignedHeaderProvider;

/** Whether its keys come as a set, and its tokens are made for an audience. */
export const hasKeySet = (provider: Provider): provider is KeySetProvider =>
  provider.type === 'jwks' || provider.type === 'spiffe';

/** What a provider's keys are kept by; undefined where the configuration itself has them. */
export function keysIdOf(provider: Provider): string | undefined {
  if (!hasKeySet(provider)) return JSON.stringify([provider.signer, provider.keysUrl.href]);
  const { issuers, keys } = provider;
  return keys.kind === 'inline' ? undefined : keySetId(issuers, locationOf(keys));
}

/** How the endpoint of a provider's keys is trusted. */
export function trustOf(provider: Provider): EndpointTrust {
  if (!hasKeySet(provider)) return provider.trust ?? {};
  return provider.keys.kind === 'inline' ? {} : (provider.keys.trust ?? {});
}

/** Whether two endpoints are trusted alike. White space in certificates says nothing. */
export const isSameTrust = (a: EndpointTrust, b: EndpointTrust): boolean => trustId(a) === trustId(b);

/** The same text for what is trusted alike. */
export const trustId = ({ ca, insecureHttp }: EndpointTrust): string =>
  JSON.stringify([ca?.replaceAll(/\s/g, '') ?? null, insecureHttp === true]);

/** Name of the provider that the `issuer`, `audience` and `jwks-uri` parameters define. */
export const DEFAULT_PROVIDER = 'default';

/** What is made of a list of providers, made once for each list, since a list never changes. */
export function oncePerList<T extends object>(make: (providers: readonly Provider[]) => T) {
  const made = new WeakMap<readonly Provider[], T>();
  return (providers: readonly Provider[]): T => {
    let result = made.get(providers);
    if (result === undefined) {
      result = make(providers);
      made.set(providers, result);
    }
    return result;
  };
}

/** What an identity of this provider has as its issuer, and what revocations are listed under. */
export const issuersOf = (provider: Provider): readonly string[] =>
  hasKeySet(provider) ? provider.issuers : [provider.signer];
