import {
  type Duration,
  aws_ec2 as ec2,
  aws_elasticloadbalancingv2 as elbv2,
  aws_wafv2 as wafv2,
} from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { Options } from '../options/options.ts';
import type { Outputs } from '../outputs.ts';
import { AccessLogs } from './access-logs.ts';
import { ApiName, certificateFor } from './api-name.ts';
import { callersOf } from './callers.ts';
import { addSniCertificates, type Certificates, NOT_FOUND, protocolOf } from './listener-settings.ts';
import { LoadBalancer } from './load-balancer.ts';
import { type GivenNetwork, isInternal, networkFor } from './network.ts';

/** Where requests come in. */
export interface FrontDoor {
  /** A name, in letters, digits and hyphens, that is different for each load balancer. */
  readonly name: string;
  readonly listener: elbv2.IApplicationListener;
  /** The last part of the load balancer's ARN, `app/NAME/ID`, which identifies its metrics. */
  readonly loadBalancerFullName: string;
  /** The load balancer, if it belongs to this stack. */
  readonly own: LoadBalancer | undefined;
  /** Where to call the listener, if it belongs to this stack and its address is known. */
  readonly address: Address | undefined;
  /** What other stacks and people may want to refer to. */
  readonly outputs: Outputs;
}

export interface Address {
  readonly scheme: 'http' | 'https';
  readonly port: number;
  readonly dnsName: string;
}

/** The existing listener or load balancer that the options name, or else a new load balancer. */
export function frontDoorFor(
  scope: Construct,
  options: Options,
  targetTimeout: Duration,
  given?: GivenNetwork,
): FrontDoor {
  const { listenerArn, loadBalancerArn } = options;
  if (listenerArn !== undefined) return existingListener(scope, options, listenerArn);
  if (loadBalancerArn !== undefined) return newListener(scope, options, loadBalancerArn);
  return newLoadBalancer(scope, options, targetTimeout, given);
}

function existingListener(scope: Construct, options: Options, listenerArn: string): FrontDoor {
  const loadBalancerFullName = /listener\/(app\/[^/]+\/[^/]+)\//.exec(listenerArn)?.[1] ?? '';
  return {
    name: nameOfExisting(loadBalancerFullName),
    listener: elbv2.ApplicationListener.fromApplicationListenerAttributes(scope, 'Listener', {
      listenerArn,
      securityGroup: existingSecurityGroup(scope, options),
    }),
    loadBalancerFullName,
    own: undefined,
    address: undefined,
    outputs: listenerOutput(listenerArn),
  };
}

/** A listener of this stack on somebody else's load balancer. */
function newListener(scope: Construct, options: Options, loadBalancerArn: string): FrontDoor {
  const { domainName, hostedZoneId, loadBalancerDnsName: dnsName, loadBalancerZoneId: zoneId } = options;
  const loadBalancerFullName = /loadbalancer\/(.*)/.exec(loadBalancerArn)?.[1] ?? '';
  const certificates = certificatesFor(scope, options);
  const secure = certificates !== undefined;
  const { listenerPort: port = secure ? 443 : 80 } = options;
  const listener = new elbv2.ApplicationListener(scope, 'OwnListener', {
    loadBalancer: elbv2.ApplicationLoadBalancer.fromApplicationLoadBalancerAttributes(scope, 'Existing', {
      loadBalancerArn,
      securityGroupId: options.listenerSecurityGroupId ?? '',
    }),
    port,
    // Its owner decides what goes in and out.
    open: false,
    defaultAction: NOT_FOUND,
    ...protocolOf(certificates),
  });
  if (certificates !== undefined) addSniCertificates(scope, listener, certificates);
  const known = dnsName !== undefined && zoneId !== undefined;
  if (known && domainName !== undefined && hostedZoneId !== undefined) {
    // It is not known whether it has IPv6 addresses. Without them, an AAAA alias would have no answer.
    new ApiName(scope, 'ApiName', {
      domainName,
      hostedZoneId,
      dnsName: anyVersionOf(dnsName),
      zoneId,
      ipv6: false,
    });
  }
  return {
    name: nameOfExisting(loadBalancerFullName),
    listener,
    loadBalancerFullName,
    own: undefined,
    address: known ? { scheme: secure ? 'https' : 'http', port, dnsName } : undefined,
    outputs: listenerOutput(listener.listenerArn),
  };
}

function newLoadBalancer(
  scope: Construct,
  options: Options,
  targetTimeout: Duration,
  given: GivenNetwork | undefined,
): FrontDoor {
  const { vpcId, verifiedAccess, nativePreFilter, nativeOnly, ipAddressType } = options;
  const internal = isInternal(options);
  const network = given ?? networkFor(scope, options);
  const { vpc } = network;
  // CloudFormation replaces a load balancer whose scheme changes. It would try to update one whose VPC changes, and fail,
  // so another VPC makes another resource.
  const of = given?.place ?? vpcId;
  const place = of === undefined ? '' : `-${of}`;
  const certificates = certificatesFor(scope, options);
  const own = new LoadBalancer(scope, `LoadBalancer${place}`, {
    network,
    internal,
    callers: callersOf(vpc, options),
    certificates,
    redirect: options.http === 'redirect',
    deletionProtection: options.deletionProtection ?? certificates !== undefined,
    desyncMitigationMode: options.desyncMitigationMode,
    ipAddressType,
    targetTimeout,
  });
  // CloudFront enters through the load balancer, and only once the internet gateway is attached.
  if (verifiedAccess) own.resource.node.addDependency(vpc);
  if (nativePreFilter || nativeOnly) {
    // The load balancer itself fetches the key set, and its security group otherwise allows nothing out.
    own.resource.connections.allowToAnyIpv4(ec2.Port.tcp(443), 'To the key set');
  }
  if (nativeOnly) {
    own.resource.connections.allowTo(ec2.Peer.ipv4(vpc.vpcCidrBlock), ec2.Port.allTcp(), 'To the upstream');
  }
  own.resource.setAttribute('access_logs.s3.enabled', String(options.accessLogs));
  const logs = options.accessLogs
    ? new AccessLogs(scope, 'AccessLogs', { loadBalancer: own.resource })
    : undefined;
  if (options.webAclArn !== undefined) {
    new wafv2.CfnWebACLAssociation(scope, 'WebAcl', {
      resourceArn: own.resource.loadBalancerArn,
      webAclArn: options.webAclArn,
    });
  }
  const { loadBalancerFullName, loadBalancerDnsName: dnsName } = own.resource;
  const zoneId = own.resource.loadBalancerCanonicalHostedZoneId;
  const { domainName, hostedZoneId } = options;
  if (domainName !== undefined && hostedZoneId !== undefined) {
    new ApiName(scope, 'ApiName', {
      domainName,
      hostedZoneId,
      dnsName: anyVersionOf(dnsName),
      zoneId,
      ipv6: ipAddressType !== 'ipv4',
    });
  }
  const [securityGroup] = own.resource.connections.securityGroups;
  return {
    name: `${internal ? 'Internal' : 'Public'}${place}`,
    listener: own.listener,
    loadBalancerFullName,
    own,
    address: { scheme: certificates ? 'https' : 'http', port: certificates ? 443 : 80, dnsName },
    outputs: {
      LoadBalancerArn: [own.resource.loadBalancerArn, 'The load balancer'],
      LoadBalancerDnsName: [dnsName, 'Its DNS name, for an alias record or a CNAME'],
      LoadBalancerZoneId: [zoneId, 'The hosted zone of that name, for an alias record'],
      ...(securityGroup === undefined
        ? {}
        : { LoadBalancerSecurityGroup: [securityGroup.securityGroupId, 'Its security group'] }),
      ...(logs === undefined ? {} : { AccessLogsBucket: [logs.bucketName, 'Bucket of its access logs'] }),
      ...listenerOutput(own.listener.listenerArn),
    },
  };
}

/** The load balancer's name that also resolves to its IPv6 addresses, if it has any. */
const anyVersionOf = (dnsName: string) => `dualstack.${dnsName}`;

const listenerOutput = (listenerArn: string): Outputs => ({
  ListenerArn: [listenerArn, 'The listener that has the rules'],
});

const nameOfExisting = (loadBalancerFullName: string) =>
  `Existing-${loadBalancerFullName.replaceAll('/', '-')}`;

function existingSecurityGroup(
  scope: Construct,
  { listenerSecurityGroupId = '' }: Options,
): ec2.ISecurityGroup {
  return ec2.SecurityGroup.fromSecurityGroupId(scope, 'ListenerSecurityGroup', listenerSecurityGroupId, {
    // Its owner decides what goes in and out.
    mutable: false,
  });
}

/** The certificates that the options name, or else a new one for `domainName`. */
function certificatesFor(scope: Construct, options: Options): Certificates | undefined {
  const { certificateArn, domainName, hostedZoneId, sniCertificateArns: sniArns = [] } = options;
  if (certificateArn !== undefined) return { defaultArn: certificateArn, sniArns };
  if (domainName === undefined || hostedZoneId === undefined) return undefined;
  return { defaultArn: certificateFor(scope, { domainName, hostedZoneId }), sniArns };
}
