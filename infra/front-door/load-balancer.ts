import { Duration, aws_ec2 as ec2, aws_elasticloadbalancingv2 as elbv2 } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { addSniCertificates, type Certificates, NOT_FOUND, protocolOf } from './listener-settings.ts';
import type { Network } from './network.ts';

export type IpAddressType = `${elbv2.IpAddressType}`;

interface LoadBalancerProps {
  readonly network: Network;
  readonly internal: boolean;
  /** Who may call each of the listeners. */
  readonly callers: readonly ec2.IPeer[];
  /** With certificates the listener is HTTPS on 443, otherwise HTTP on 80. */
  readonly certificates: Certificates | undefined;
  /** Whether port 80 redirects to 443 if there are certificates. Otherwise it is closed. */
  readonly redirect: boolean;
  /** Whether it is protected from deletion, even by CloudFormation. */
  readonly deletionProtection: boolean;
  readonly desyncMitigationMode: `${elbv2.DesyncMitigationMode}`;
  readonly ipAddressType: IpAddressType;
  /** The longest that a target may take. The load balancer waits a little longer. */
  readonly targetTimeout: Duration;
}

const TO_HTTPS = elbv2.ListenerAction.redirect({ protocol: 'HTTPS', port: '443', permanent: true });

/** The load balancer and the listener for the rules. A request that no rule matches gets 404. */
export class LoadBalancer extends Construct {
  readonly resource: elbv2.ApplicationLoadBalancer;
  readonly network: Network;
  readonly listener: elbv2.ApplicationListener;

  constructor(scope: Construct, id: string, props: LoadBalancerProps) {
    super(scope, id);
    const { network, internal, callers, certificates, redirect, targetTimeout } = props;
    const { desyncMitigationMode, ipAddressType } = props;
    const loadBalancer = new elbv2.ApplicationLoadBalancer(this, 'Resource', {
      vpc: network.vpc,
      vpcSubnets: { subnets: [...network.subnets] },
      internetFacing: !internal,
      dropInvalidHeaderFields: true,
      deletionProtection: props.deletionProtection,
      desyncMitigationMode: desyncMitigationMode as elbv2.DesyncMitigationMode,
      // Never cuts off a target that responds in time, even if its time limit is long.
      idleTimeout: Duration.seconds(Math.max(60, targetTimeout.toSeconds() + 5)),
      // Always set, because CloudFormation leaves an omitted property as it was.
      ipAddressType: ipAddressType as elbv2.IpAddressType,
    });

    this.resource = loadBalancer;
    this.network = network;

    // Port 80 has the same listener with certificates and without: CloudFormation creates before it deletes, and a port
    // cannot have a second listener.
    const ports = certificates === undefined ? [80] : redirect ? [443, 80] : [443];
    const http = ports.includes(80)
      ? loadBalancer.addListener('Http', {
          port: 80,
          open: false,
          defaultAction: certificates === undefined ? NOT_FOUND : TO_HTTPS,
        })
      : undefined;
    const https =
      certificates === undefined
        ? undefined
        : loadBalancer.addListener('Https', {
            port: 443,
            open: false,
            defaultAction: NOT_FOUND,
            ...protocolOf(certificates),
          });
    const listener = https ?? http;
    if (listener === undefined) throw new Error('A load balancer has a listener.');
    this.listener = listener;
    if (certificates !== undefined) addSniCertificates(this, listener, certificates);

    for (const port of ports) {
      for (const caller of callers) loadBalancer.connections.allowFrom(caller, ec2.Port.tcp(port));
    }
  }
}
