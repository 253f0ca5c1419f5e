import { isSecure, type OptionValues } from './options.ts';

type Relevant = Pick<
  OptionValues,
  | 'domainName'
  | 'hosts'
  | 'loadBalancerDnsName'
  | 'customerDomains'
  | 'adminDomain'
  | 'certificateArn'
  | 'listenerArn'
  | 'listenerPort'
>;

/** The addresses by which requests will reach the deployment, as far as the options say. Hosts may be patterns. */
export function ownAddresses(
  options: Relevant,
): { readonly host: string; readonly port: number | undefined }[] {
  const { domainName, hosts = [], loadBalancerDnsName, customerDomains = [], adminDomain } = options;
  const { listenerArn, listenerPort = isSecure(options) ? 443 : 80 } = options;
  // Only AWS knows the port of an existing listener.
  const port = listenerArn === undefined ? listenerPort : undefined;
  return [
    ...[domainName, loadBalancerDnsName, ...hosts].map((host) => ({ host, port })),
    // CloudFront and Verified Access take https.
    ...[...customerDomains, adminDomain].map((host) => ({ host, port: 443 })),
  ].flatMap(({ host, port }) => (host === undefined ? [] : [{ host, port }]));
}
