import { type App, Stack, Token, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import type { IConstruct } from 'constructs';

interface Acknowledgement {
  /**
   * Rules of the AwsSolutions pack, with the finding where a rule has several, as they are in a stack that fits any
   * account and region; see `formsOf`.
   */
  readonly rules: readonly string[];
  /** Constructs by their path within the stack. */
  readonly at: RegExp;
  readonly reason: string;
}

/** Every accepted finding, and the reason. Any other finding fails the synth. */
export const ACKNOWLEDGEMENTS: readonly Acknowledgement[] = [
  {
    rules: ['AwsSolutions-VPC7'],
    at: /^Vpc$/,
    reason:
      'Only the load balancer is in the VPC, and its access logs say more. Flow logs are billed by the gigabyte, and can be added to an existing VPC.',
  },
  {
    rules: ['AwsSolutions-ELB2'],
    at: /^LoadBalancer(-vpc-\w+)?\/Resource$/,
    reason:
      'Access logs are an option, accessLogs=true, because their bucket outlives the stack, which not every trial needs.',
  },
  {
    rules: ['AwsSolutions-EC23'],
    at: /^LoadBalancer(-vpc-\w+)?\/Resource\/SecurityGroup$/,
    reason:
      'Anybody with a token may call a public API from anywhere. An internal one admits the range of its VPC, which the rule cannot read.',
  },
  {
    rules: ['AwsSolutions-EC23'],
    at: /^TwoWaysIn\/Admins\/SecurityGroup$/,
    reason: 'Administrators call Verified Access from anywhere; it logs them in before it forwards anything.',
  },
  {
    rules: ['AwsSolutions-IAM5[Resource::*]'],
    at: /^TwoWaysIn\/CloudFrontGroup\/Role$/,
    reason: 'EC2 supports no narrower resource for DescribeSecurityGroups, which changes nothing.',
  },
  {
    rules: ['AwsSolutions-IAM5[Resource::*]'],
    at: /^(Verifier|Authorizer)\/Function\/Role:[\w.:-]+(\/DefaultPolicy)?$/,
    reason:
      'Neither the network interfaces of a function in a VPC nor X-Ray segments have an ARN for a policy to name.',
  },
  {
    rules: ['AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:kms:<AWS::Region>:*:key/*]'],
    at: /^(Configuration|(Verifier|Authorizer)\/Function)\/Role(:[\w.:-]+)?\/SnapshotKey$/,
    reason:
      'Any key, but only through S3 and for this bucket: after a change of keys, objects of the old key stay until they are rewritten.',
  },
  {
    rules: ['AwsSolutions-IAM5[Resource::<VerifierFunctionFEE0586A.Arn>:*]'],
    at: /^Deployment\/Role$/,
    reason: 'CodeDeploy moves the alias from version to version, and each version has its own number.',
  },
  {
    rules: ['AwsSolutions-IAM5[Resource::*]'],
    at: /^Deployment\/Role$/,
    reason: 'CodeDeploy reads alarms without naming them.',
  },
  {
    rules: ['AwsSolutions-IAM5[Resource::<ConfigurationSnapshot3D212312.Arn>/snapshot/*]'],
    at: /^Configuration\/Role$/,
    reason: 'The keeper wrote everything under this prefix, in one format or another.',
  },
  {
    rules: ['AwsSolutions-IAM5[Resource::<ConfigurationSecretsBucket6916518C.Arn>/secrets/*]'],
    at: /^Configuration\/Role\/Secrets$/,
    reason: 'The same applies to the secrets that the keeper makes.',
  },
  {
    rules: ['AwsSolutions-S1'],
    at: /^Configuration\/(Snapshot|Secrets\/Bucket)$/,
    reason:
      'Two roles read it and one writes it, every minute. CloudTrail data events can log who else tries.',
  },
  {
    rules: ['AwsSolutions-S1'],
    at: /^AccessLogs\/Bucket$/,
    reason: 'The bucket holds logs. CloudTrail data events can log who reads them.',
  },
  {
    rules: ['AwsSolutions-COG2', 'AwsSolutions-COG8'],
    at: /^MachinePool\/Pool$/,
    reason:
      'The pool has no users and nobody can sign up: it issues tokens to a machine by its client secret.',
  },
  {
    rules: ['AwsSolutions-CFR1', 'AwsSolutions-CFR2'],
    at: /^TwoWaysIn\/Customers\/Resource$/,
    reason:
      'The owner of the API decides which countries may call, and chooses the web ACL (customerWebAclArn).',
  },
  {
    rules: ['AwsSolutions-CFR3'],
    at: /^TwoWaysIn\/Customers\/Resource$/,
    reason:
      'Logs are an option (customerLogBucket); every request reaches the load balancer and the log of decisions.',
  },
  {
    rules: ['AwsSolutions-CFR4'],
    at: /^TwoWaysIn\/Customers\/Resource$/,
    reason: "CloudFront's own domain name has a fixed TLS policy; with customerDomains it is TLS 1.2.",
  },
  {
    rules: [
      'AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole]',
    ],
    at: /^DemoApi\/Echo\/ServiceRole$/,
    reason: 'The function of the demo API echoes what it gets and may only write its log.',
  },
  {
    rules: [
      'AwsSolutions-APIG1',
      'AwsSolutions-APIG2',
      'AwsSolutions-APIG3',
      'AwsSolutions-APIG6',
      'AwsSolutions-COG4',
    ],
    at: /^DemoApi\/(Http|Rest)/,
    reason:
      'A demo with one method for everything, to try the authorizer with. The authorizer logs its decisions, and is not a user pool.',
  },
];

/** Checks the app against the AwsSolutions pack at synth, except for acknowledged findings. */
export function checkByNag(app: App): void {
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
  for (const construct of app.node.findAll()) {
    for (const { rules, reason } of acknowledgementsOf(construct)) {
      const ids = rules.flatMap((rule) => formsOf(rule, Stack.of(construct)));
      Validations.of(construct).acknowledge(...ids.map((id) => ({ id, reason })));
    }
  }
}

/**
 * A rule as findings in a stack may name it. A stack that looks up its VPC is bound to a region and so to a partition, which
 * then appear literally in some ARNs and as references in others.
 */
export function formsOf(rule: string, { region, partition }: Stack): readonly string[] {
  if (Token.isUnresolved(region)) return [rule];
  const placed = rule.replaceAll('<AWS::Region>', region).replaceAll('<AWS::Partition>', partition);
  return placed === rule ? [rule] : [rule, placed];
}

function acknowledgementsOf(construct: IConstruct): readonly Acknowledgement[] {
  if (construct.node.scope === undefined) return [];
  const stack = Stack.of(construct);
  const path = construct.node.path.slice(stack.node.path.length + 1);
  return ACKNOWLEDGEMENTS.filter(({ at }) => at.test(path));
}
