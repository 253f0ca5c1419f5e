/** A domain in lower case, as in policies; undefined for anything that is not a host name. */
export function hostOf(domain: string | null | undefined): string | undefined {
  const host = domain?.toLowerCase();
  return host !== undefined && /^[a-z0-9._-]{1,255}$/.test(host) ? host : undefined;
}

/**
 * Whether a host is the one that API Gateway gives to an API, where no mapping can put anything in front of the path.
 */
export const isOwnDomain = (host: string, apiId: string): boolean =>
  host.startsWith(apiId) && OWN_DOMAIN.test(host.slice(apiId.length));

/**
 * https://docs.aws.amazon.com/general/latest/gr/apigateway.html, and the name of a private API by its VPC endpoint.
 */
const OWN_DOMAIN =
  /^(?:-vpce-[0-9a-f]+)?\.execute-api\.[a-z0-9-]+\.(?:amazonaws\.(?:com(?:\.cn)?|eu)|api\.aws|api\.amazonwebservices\.com\.cn|c2s\.ic\.gov|sc2s\.sgov\.gov)$/;
