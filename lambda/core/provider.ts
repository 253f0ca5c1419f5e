import { createHash } from 'node:crypto';
import type { ClaimRules } from './claim-rules.ts';
import type { Place } from './credentials/place.ts';
import type { Algorithm } from './jwt/algorithms.ts';
import type { KeySet } from './keys/key-set.ts';

/** What every provider says about its tokens. */
interface ProviderBase {
  /** `default`, or its name in the policy. It tells the upstream which way a request came. */
  readonly name: string;
  /** Where a request may carry its tokens. */
  readonly places: readonly Place[];
  readonly algorithms: readonly Algorithm[];
  /** Accepted `typ` header parameters, lower-case, without `application/`; a token without `typ` passes. */
  readonly types: readonly string[];
  /** How far this clock and the issuer's may be apart, in seconds. */
  readonly clockToleranceSeconds: number;
  /** Greatest age by `iat`, in seconds, whatever `exp` says. */
  readonly maxTokenAgeSeconds: number | undefined;
  /** Claim rules that every token of this provider must meet. */
  readonly requiredClaims: ClaimRules;
  /** Claim that holds the scopes; undefined for `scope`, else `scp`. */
  readonly scopeClaim: string | undefined;
}

/** An issuer that publishes a key set: an authorization server, or the trust domain of SPIFFE workloads. */
export interface KeySetProvider extends ProviderBase {
  readonly type: 'jwks' | 'spiffe';
  /**
   * Exact values of `iss`; several where one key set serves several issuers. With `spiffe`, the trust domain of the
   * SPIFFE ID in `sub`.
   */
  readonly issuers: readonly string[];
  /** One of these must be in the audience claim; null is the explicit opt-out. */
  readonly audience: readonly string[] | null;
  /** `aud`, or the claim that an issuer without audiences has in its place. */
  readonly audienceClaim: string;
  readonly keys: KeySetLocation | { readonly kind: 'inline'; readonly set: KeySet };
}

/** How a key endpoint is trusted, where that differs from a public one. */
export interface EndpointTrust {
  /** Certificates in PEM form, in place of the public authorities. */
  readonly ca?: string | undefined;
  /** Allow plain http to private addresses. */
  readonly insecureHttp?: boolean | undefined;
}

/** Where a key set is fetched from. */
export type KeySetLocation = { readonly trust?: EndpointTrust } & (
  | { readonly kind: 'url'; readonly url: URL }
  /** The URL is the one that the issuer's OIDC discovery document names. */
  | { readonly kind: 'discover'; readonly issuer: string }
);

/**
 * The same as written in the parameters, a URL or `discover`, followed by a mark where the endpoint is not trusted
 * like a public one. URLs in the parameters have no fragment, so none can be mistaken for one with a mark.
 */
export function locationOf(location: KeySetLocation): string {
  const place = location.kind === 'url' ? location.url.href : location.kind;
  const mark = trustMark(location.trust ?? {});
  return mark === undefined ? place : `${place}#${mark}`;
}

/**
 * Identifies a key set by its issuers, its location, and how that location is trusted. So a set never verifies the
 * tokens of another issuer, nor any tokens once its location is trusted differently.
 */
export const keySetId = (issuers: readonly string[], location: string): string =>
  JSON.stringify([issuers, location]);

/** An AWS service that adds its own signed header, recognized by `signer` in the JOSE header. */
export interface SignedHeaderProvider extends ProviderBase {
  readonly type: 'verified-access' | 'alb-oidc';
  /** ARN of the Verified Access instance or of the load balancer. Also the identity's issuer. */
  readonly signer: string;
  /** `client` of the JOSE header: the OIDC client of the load balancer's login. */
  readonly clientId: string | undefined;
  /** The URL that the `kid` is appended to: each key is a PEM document of its own. */
  readonly keysUrl: URL;
  readonly trust?: EndpointTrust;
}

export type Provider = KeySetProvider | SignedHeaderProvider;

/** Whether the provider's keys come as a set, and its tokens have an audience. */
export const hasKeySet = (provider: Provider): provider is KeySetProvider =>
  provider.type === 'jwks' || provider.type === 'spiffe';

/** The id that a provider's keys are cached under; undefined where the configuration contains the keys. */
export function keysIdOf(provider: Provider): string | undefined {
  if (!hasKeySet(provider)) {
    return JSON.stringify([provider.signer, provider.keysUrl.href, trustMark(provider.trust ?? {})]);
  }
  const { issuers, keys } = provider;
  return keys.kind === 'inline' ? undefined : keySetId(issuers, locationOf(keys));
}

/** How the endpoint of a provider's keys is trusted. */
export function trustOf(provider: Provider): EndpointTrust {
  if (!hasKeySet(provider)) return provider.trust ?? {};
  return provider.keys.kind === 'inline' ? {} : (provider.keys.trust ?? {});
}

/**
 * A mark that is the same for the same trust; undefined for a public endpoint. White space in certificates does not
 * count.
 */
function trustMark({ ca, insecureHttp }: EndpointTrust): string | undefined {
  if (ca === undefined && insecureHttp !== true) return undefined;
  const trust = JSON.stringify([ca?.replaceAll(/\s/g, '') ?? null, insecureHttp === true]);
  return createHash('sha256').update(trust).digest('base64url');
}

/** Name of the provider that the `issuer`, `audience` and `jwks-uri` parameters define. */
export const DEFAULT_PROVIDER = 'default';

/** Caches a value derived from a list of providers, once per list: lists never change. */
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

/** The issuers that an identity of this provider can have. Revocations are listed under them. */
export const issuersOf = (provider: Provider): readonly string[] =>
  hasKeySet(provider) ? provider.issuers : [provider.signer];
