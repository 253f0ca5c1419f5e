import { LAST_FIRST_PRIORITY, planRules } from '../front-door/rule-plan.ts';
import { documentRule } from '../front-door/document-rule.ts';
import { matchesPattern } from './host-pattern.ts';
import { isSecure, type OptionValues } from './options.ts';

/** Whether options contradict each other, and what to say then. */
export type Contradiction = readonly [applies: (options: OptionValues) => boolean, problem: string];

/** Contradictions about the listener: its names, certificates, ports and callers. */
export const LISTENER_CONTRADICTIONS: readonly Contradiction[] = [
  [
    ({ verifiedAccess, paths }) => verifiedAccess && !paths.includes('/api/*'),
    'verifiedAccess needs /api/* among paths, because administrators call /api/admin/*',
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
    'sniCertificateArns repeats certificateArn, which the listener already has; remove it from the list',
  ],
  [
    // A domainName that is rejected altogether needs no host.
    ({ hosts, domainName, listenerArn, verifiedAccess }) =>
      hosts !== undefined &&
      domainName !== undefined &&
      listenerArn === undefined &&
      !verifiedAccess &&
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

/** Problems of paths, hosts and priorities. */
export function ruleProblems(options: OptionValues): readonly string[] {
  const { paths, hosts = [], rulePriority } = options;
  // A malformed value is text, and is reported elsewhere.
  if (typeof rulePriority !== 'number') return [];
  const { rules, range, problems } = planRules({ paths, hosts, apart: documentRule(options) });
  const last = LAST_FIRST_PRIORITY;
  const ahead = rules.filter(({ offset }) => offset < 0).length;
  if (rulePriority <= ahead) {
    return [
      ...problems,
      `rulePriority must be at least ${ahead + 1}, because the rules for protected resource metadata come before the others; raise it, or set resourceDocuments=false`,
    ];
  }
  if (rules.length - ahead <= 1 || rulePriority <= last) return problems;
  const why = rules.every(({ offset, apart }) => offset === 0 || apart)
    ? 'the rule for protected resource metadata takes its priority from a range'
    : 'paths and hosts take their priorities from a range';
  return [...problems, `rulePriority must be at most ${last}, because ${why} of ${range}`];
}
