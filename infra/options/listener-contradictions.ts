import { MAX_PRIORITY, planRules } from '../front-door/rule-plan.ts';
import { matchesPattern } from './host-pattern.ts';
import { isSecure, type OptionValues } from './options.ts';

/** Whether options contradict each other, and what to say then. */
export type Contradiction = readonly [applies: (options: OptionValues) => boolean, problem: string];

/** Of the listener: its names, certificates, ports and callers. */
export const LISTENER_CONTRADICTIONS: readonly Contradiction[] = [
  [
    ({ verifiedAccess, paths }) => verifiedAccess && !paths.includes('/api/*'),
    'verifiedAccess needs /api/* among paths, because its administrators call /api/admin/*',
  ],
  [
    ({ listenerSecurityGroupId, listenerArn, loadBalancerArn }) =>
      listenerSecurityGroupId !== undefined && listenerArn === undefined && loadBalancerArn === undefined,
    'listenerSecurityGroupId needs listenerArn or loadBalancerArn',
  ],
  [
    ({ loadBalancerArn, domainName, loadBalancerDnsName }) =>
      loadBalancerArn !== undefined && domainName !== undefined && loadBalancerDnsName === undefined,
    'domainName needs loadBalancerDnsName and loadBalancerZoneId for the alias record of an existing load balancer',
  ],
  [
    (options) => options.http !== undefined && !isSecure(options),
    'http needs certificateArn or domainName: without a certificate there is only port 80',
  ],
  [
    (options) => options.sniCertificateArns !== undefined && !isSecure(options),
    'sniCertificateArns needs certificateArn or domainName: a listener must have a default certificate',
  ],
  [
    ({ sniCertificateArns = [], certificateArn }) =>
      certificateArn !== undefined && sniCertificateArns.includes(certificateArn),
    'sniCertificateArns repeats certificateArn, which the listener has already; remove it from the list',
  ],
  [
    ({ hosts, domainName }) =>
      hosts !== undefined &&
      domainName !== undefined &&
      !hosts.some((host) => matchesPattern(host, domainName)),
    'hosts has no entry that matches domainName, so requests to that name would get a 404; add it',
  ],
  [
    ({ ipAddressType, internal, verifiedAccess }) =>
      ipAddressType === 'dualstack-without-public-ipv4' && (internal || verifiedAccess),
    'ipAddressType=dualstack-without-public-ipv4 is for internet-facing load balancers only; use dualstack',
  ],
  [
    ({ allowedCidrs = [], ipAddressType }) =>
      ipAddressType === 'ipv4' && allowedCidrs.some((allowed) => allowed.includes(':')),
    'allowedCidrs has IPv6 ranges, but the load balancer has no IPv6 addresses; add ipAddressType=dualstack',
  ],
];

/** Of paths, hosts and priorities. */
export function ruleProblems({ paths, hosts = [], rulePriority }: OptionValues): readonly string[] {
  // What is not well-formed is a problem of its own.
  if (typeof rulePriority !== 'number') return [];
  const { rules, range, problems } = planRules({ paths, hosts });
  const last = MAX_PRIORITY - range + 1;
  return rules.length > 1 && rulePriority > last
    ? [...problems, `rulePriority must be at most ${last}, because paths and hosts take a range of ${range}`]
    : problems;
}
