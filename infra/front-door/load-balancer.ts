import { Duration, aws_ec2 as ec2, aws_elasticloadbalancingv2 as elbv2 } from 'aws-cdk-lib';
import { Construct } from 'constructs';

interface LoadBalancerProps {
  readonly vpc: ec2.IVpc;
  readonly internal: boolean;
  /** With it the listener is HTTPS on 443, and 80 redirects there; without it HTTP on 80. */
  readonly certificateArn: string | undefined;
  /** How long a target may take; the load balancer waits a little longer than that. */
  readonly targetTimeout: Duration;
}

// A fixed response can't say application/problem+json (the API allows five types), so it is the problem
// document of RFC 9457 under its base type.
const NOT_FOUND = elbv2.ListenerAction.fixedResponse(404, {
  contentType: 'application/json',
  messageBody: JSON.stringify({ type: 'about:blank', title: 'Not Found', status: 404 }),
});

const TO_HTTPS = elbv2.ListenerAction.redirect({ protocol: 'HTTPS', port: '443', permanent: true });

/** The load balancer and the listener that rules are added to. What no rule takes is a 404. */
export class LoadBalancer extends Construct {
  readonly resource: elbv2.ApplicationLoadBalancer;
  readonly vpc: ec2.IVpc;
  readonly listener: elbv2.ApplicationListener;
  /** Scheme and host to call, without a slash at the end. */
  readonly url: string;

  constructor(scope: Construct, id: string, props: LoadBalancerProps) {
    super(scope, id);
    const { vpc, internal, certificateArn, targetTimeout } = props;
    const loadBalancer = new elbv2.ApplicationLoadBalancer(this, 'Resource', {
      vpc,
      internetFacing: !internal,
      dropInvalidHeaderFields: true,
      desyncMitigationMode: elbv2.DesyncMitigationMode.STRICTEST,
      // A target that answers in time is never cut off, even where its time limit is a long one.
      idleTimeout: Duration.seconds(Math.max(60, targetTimeout.toSeconds() + 5)),
    });

    this.resource = loadBalancer;
    this.vpc = vpc;

    // One listener for port 80, with a certificate or without: CloudFormation creates before it deletes, and a port
    // takes no second listener.
    const http = loadBalancer.addListener('Http', {
      port: 80,
      open: false,
      defaultAction: certificateArn === undefined ? NOT_FOUND : TO_HTTPS,
    });
    this.listener =
      certificateArn === undefined
        ? http
        : loadBalancer.addListener('Https', {
            port: 443,
            open: false,
            defaultAction: NOT_FOUND,
            certificates: [elbv2.ListenerCertificate.fromArn(certificateArn)],
            sslPolicy: elbv2.SslPolicy.TLS13_12_RES_PQ,
          });

    const callers = internal ? ec2.Peer.ipv4(vpc.vpcCidrBlock) : ec2.Peer.anyIpv4();
    for (const port of certificateArn === undefined ? [80] : [443, 80]) {
      loadBalancer.connections.allowFrom(callers, ec2.Port.tcp(port));
    }
    const scheme = certificateArn === undefined ? 'http' : 'https';
    this.url = `${scheme}://${loadBalancer.loadBalancerDnsName}`;
  }
}
