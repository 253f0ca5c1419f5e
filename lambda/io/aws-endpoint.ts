import { parseEndpoint } from '../core/config/url.ts';
import type { Variables } from './environment.ts';

/**
 * The DNS suffix of each partition, by the beginning of its regions' names. All other regions are under
 * amazonaws.com.
 */
const SUFFIXES = [
  [/^cn-/, 'amazonaws.com.cn'],
  [/^eusc-/, 'amazonaws.eu'],
  [/^us-iso-/, 'c2s.ic.gov'],
  [/^us-isob-/, 'sc2s.sgov.gov'],
  [/^eu-isoe-/, 'cloud.adc-e.uk'],
  [/^us-isof-/, 'csp.hci.ic.gov'],
] as const;

/** Exactly one label of a host name, so that no region leads to another host. */
const REGION = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;

/** The region that the runtime sets. Throws if there is none. */
export function regionOf({ AWS_REGION: region = '' }: Variables): string {
  if (!REGION.test(region)) throw new Error('AWS_REGION must be a region like eu-central-1');
  return region;
}

/** A service with an endpoint in each region. */
export type RegionalService = 'ec2' | 'ssm';

/**
 * A service's endpoint; the SDKs' own variables take precedence.
 * https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html
 */
export function endpointOf(service: RegionalService, variables: Variables): URL {
  for (const name of [`AWS_ENDPOINT_URL_${service.toUpperCase()}`, 'AWS_ENDPOINT_URL']) {
    const text = variables[name];
    if (!text) continue;
    // As with the SDKs, plain http is up to whoever sets the variable.
    const url = parseEndpoint(text, { allowHttp: true });
    if (typeof url === 'string') throw new Error(`${name} ${url}`);
    if (url.search !== '') throw new Error(`${name} must not contain a query`);
    return url;
  }
  const region = regionOf(variables);
  const suffix = SUFFIXES.find(([pattern]) => pattern.test(region))?.[1] ?? 'amazonaws.com';
  return new URL(`https://${service}.${region}.${suffix}`);
}
