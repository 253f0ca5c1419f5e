import {
  type Duration,
  aws_ec2 as ec2,
  aws_elasticloadbalancingv2 as elbv2,
  aws_wafv2 as wafv2,
} from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { Options } from '../options/options.ts';
import { AccessLogs } from './access-logs.ts';
import { LoadBalancer } from './load-balancer.ts';
import { networkFor } from './network.ts';

/** Where requests come in. */
export interface FrontDoor {
  /** Letters, digits and hyphens that differ from one load balancer to the next. */
  readonly name: string;
  readonly listener: elbv2.IApplicationListener;
  /** The last part of the load balancer's ARN, `app/NAME/ID`, by which its metrics go. */
  readonly loadBalancerFullName: string;
  /** The load balancer, if it is of this stack. */
  readonly own: LoadBalancer | undefined;
}

/** The existing listener that the options name, or else one of a new load balancer. */
export function frontDoorFor(scope: Construct, options: Options, targetTimeout: Duration): FrontDoor {
  const { listenerArn, listenerSecurityGroupId } = options;
  return listenerArn === undefined || listenerSecurityGroupId === undefined
    ? newLoadBalancer(scope, options, targetTimeout)
    : existingListener(scope, listenerArn, listenerSecurityGroupId);
}

function existingListener(scope: Construct, listenerArn: string, securityGroupId: string): FrontDoor {
  const securityGroup = ec2.SecurityGroup.fromSecurityGroupId(
    scope,
    'ListenerSecurityGroup',
    securityGroupId,
    {
      // Its owner decides what goes in and out.
      mutable: false,
    },
  );
  const loadBalancerFullName = /listener\/(app\/[^/]+\/[^/]+)\//.exec(listenerArn)?.[1] ?? '';
  return {
    name: `Existing-${loadBalancerFullName.replaceAll('/', '-')}`,
    listener: elbv2.ApplicationListener.fromApplicationListenerAttributes(scope, 'Listener', {
      listenerArn,
      securityGroup,
    }),
    loadBalancerFullName,
    own: undefined,
  };
}

function newLoadBalancer(scope: Construct, options: Options, targetTimeout: Duration): FrontDoor {
  const { vpcId, certificateArn, verifiedAccess, nativePreFilter, nativeOnly } = options;
  const internal = options.internal || verifiedAccess;
  const vpc = networkFor(scope, { vpcId, internal, internetGateway: verifiedAccess });
  // CloudFormation replaces a load balancer whose scheme changes. It would update one whose VPC changes, and fail:
  // so another VPC is another resource.
  const place = vpcId === undefined ? '' : `-${vpcId}`;
  const own = new LoadBalancer(scope, `LoadBalancer${place}`, {
    vpc,
    internal,
    certificateArn,
    targetTimeout,
  });
  // CloudFront comes in by the load balancer, and only once the gateway is attached.
  if (verifiedAccess) own.resource.node.addDependency(vpc);
  if (nativePreFilter || nativeOnly) {
    // The load balancer fetches the key set itself, and its security group lets nothing out otherwise.
    own.resource.connections.allowToAnyIpv4(ec2.Port.tcp(443), 'To the key set');
  }
  if (nativeOnly) {
    own.resource.connections.allowTo(ec2.Peer.ipv4(vpc.vpcCidrBlock), ec2.Port.allTcp(), 'To the upstream');
  }
  own.resource.setAttribute('access_logs.s3.enabled', String(options.accessLogs));
  if (options.accessLogs) new AccessLogs(scope, 'AccessLogs', { loadBalancer: own.resource });
  if (options.webAclArn !== undefined) {
    new wafv2.CfnWebACLAssociation(scope, 'WebAcl', {
      resourceArn: own.resource.loadBalancerArn,
      webAclArn: options.webAclArn,
    });
  }
  const { loadBalancerFullName } = own.resource;
  const name = `${internal ? 'Internal' : 'Public'}${place}`;
  return { name, listener: own.listener, loadBalancerFullName, own };
}
