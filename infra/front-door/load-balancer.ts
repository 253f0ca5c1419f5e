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
  /** With them the listener is HTTPS on 443; without them HTTP on 80. */
  readonly certificates: Certificates | undefined;
  /** Whether port 80 redirects to 443 where there are certificates. Otherwise it is closed then. */
  readonly redirect: boolean;
  /** Whether it refuses to be deleted, by CloudFormation too. */
  readonly deletionProtection: boolean;
  readonly desyncMitigationMode: `${elbv2.DesyncMitigationMode}`;
  readonly ipAddressType: IpAddressType;
  /** How long a target may take; the load balancer waits a little longer than that. */
  readonly targetTimeout: Duration;
}

const TO_HTTPS = elbv2.ListenerAction.redirect({ protocol: 'HTTPS', port: '443', permanent: true });

/** The load balancer and the listener that rules are added to. What no rule takes is a 404. */
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
      // A target that answers in time is never cut off, even where its time limit is a long one.
      idleTimeout: Duration.seconds(Math.max(60, targetTimeout.toSeconds() + 5)),
      // Said in any case, because what is left out stays as it was.
      ipAddressType: ipAddressType as elbv2.IpAddressType,
    });

    this.resource = loadBalancer;
    this.network = network;

    // One listener for port 80, with certificates or without: CloudFormation creates before it deletes, and a port
    // takes no second listener.
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
