import { aws_elasticloadbalancingv2 as elbv2, Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { contentId } from './content-id.ts';

// A fixed response can't say application/problem+json (the API allows five types), so it is the problem
// document of RFC 9457 under its base type.
/** A listener's response to a request that no rule matches. */
export const NOT_FOUND = elbv2.ListenerAction.fixedResponse(404, {
  contentType: 'application/json',
  messageBody: JSON.stringify({ type: 'about:blank', title: 'Not Found', status: 404 }),
});

/** The certificates of an HTTPS listener. */
export interface Certificates {
  /** For clients that send no name, or a name that no other certificate has. */
  readonly defaultArn: string;
  /** Further certificates, which the listener chooses by the name that a client asks for. */
  readonly sniArns: readonly string[];
}

/** A listener's properties for its protocol. */
export function protocolOf(certificates: Certificates | undefined) {
  return certificates === undefined
    ? { protocol: elbv2.ApplicationProtocol.HTTP }
    : {
        protocol: elbv2.ApplicationProtocol.HTTPS,
        certificates: [elbv2.ListenerCertificate.fromArn(certificates.defaultArn)],
        sslPolicy: elbv2.SslPolicy.TLS13_12_RES_PQ,
      };
}

/** Adds certificates to a listener as separate resources, so that adding or removing one does not touch the others. */
export function addSniCertificates(
  scope: Construct,
  listener: elbv2.IApplicationListener,
  { sniArns }: Certificates,
): void {
  for (const certificateArn of sniArns) {
    // CDK renumbers tokens in each synth, but what they resolve to stays the same.
    const known: unknown = Stack.of(scope).resolve(certificateArn);
    const content = typeof known === 'string' ? known : JSON.stringify(known);
    new elbv2.CfnListenerCertificate(scope, `SniCertificate${contentId(content)}`, {
      listenerArn: listener.listenerArn,
      certificates: [{ certificateArn }],
    });
  }
}
