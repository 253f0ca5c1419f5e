import { type App, Stack, Token, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import type { IConstruct } from 'constructs';

interface Acknowledgement {
  /**
   * Rules of the AwsSolutions pack, with the finding where a rule has several, as it is in a stack that may go
   * anywhere; see `formsOf`.
   */
  readonly rules: readonly string[];
  /** Constructs by their path within the stack. */
  readonly at: RegExp;
  readonly reason: string;
}

/** Every finding that stays, and why. What is not in here fails the synth. */
export const ACKNOWLEDGEMENTS: readonly Acknowledgement[] = [
  {
    rules: ['AwsSolutions-VPC7'],
    at: /^Vpc$/,
    reason:
      'Only the load balancer is in the VPC, and its access logs say more; flow logs cost by the gigabyte and can be added to an existing VPC.',
  },
  {
    rules: ['AwsSolutions-ELB2'],
    at: /^LoadBalancer(-vpc-\w+)?\/Resource$/,
    reason:
      'Access logs are an option, accessLogs=true: a bucket that outlives the stack is not for every try.',
  },
  {
    rules: ['AwsSolutions-EC23'],
    at: /^LoadBalancer(-vpc-\w+)?\/Resource\/SecurityGroup$/,
    reason:
      'A public API is called from anywhere, by whoever has a token; an internal one lets in the range of its VPC, which the rule cannot read.',
  },
  {
    rules: ['AwsSolutions-EC23'],
    at: /^TwoWaysIn\/Admins\/SecurityGroup$/,
    reason: 'Verified Access is there to be called from anywhere; it logs people in before anything goes on.',
  },
  {
    rules: ['AwsSolutions-IAM5[Resource::*]'],
    at: /^TwoWaysIn\/CloudFrontGroup\/Role$/,
    reason: 'EC2 has no narrower resource for DescribeSecurityGroups, which changes nothing.',
  },
  {
    rules: ['AwsSolutions-IAM5[Resource::*]'],
    at: /^(Verifier|Authorizer)\/Function\/Role:[\w.:-]+(\/DefaultPolicy)?$/,
    reason:
      'Neither the network interfaces of a function in a VPC nor X-Ray segments have an ARN that a policy could name.',
  },
  {
    rules: ['AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:kms:<AWS::Region>:*:key/*]'],
    at: /^(Configuration|(Verifier|Authorizer)\/Function)\/Role(:[\w.:-]+)?\/SnapshotKey$/,
    reason:
      "Whichever key encrypts the snapshot's bucket, through S3 and for this bucket alone: a change of keys leaves objects of the old one until they are written anew.",
  },
  {
    rules: ['AwsSolutions-IAM5[Resource::<VerifierFunctionFEE0586A.Arn>:*]'],
    at: /^Deployment\/Role$/,
    reason: 'CodeDeploy moves the alias from one version to another, each of which has a number of its own.',
  },
  {
    rules: ['AwsSolutions-IAM5[Resource::*]'],
    at: /^Deployment\/Role$/,
    reason: 'AWS has CodeDeploy read alarms without naming them.',
  },
  {
    rules: ['AwsSolutions-IAM5[Resource::<ConfigurationSnapshot3D212312.Arn>/snapshot/*]'],
    at: /^Configuration\/Role$/,
    reason: 'All that is under this prefix is what the keeper has written, in one format or another.',
  },
  {
    rules: ['AwsSolutions-IAM5[Resource::<ConfigurationSecretsBucket6916518C.Arn>/secrets/*]'],
    at: /^Configuration\/Role\/Secrets$/,
    reason: 'The same of the secrets that the keeper makes.',
  },
  {
    rules: ['AwsSolutions-S1'],
    at: /^Configuration\/(Snapshot|Secrets\/Bucket)$/,
    reason:
      'Two roles read it and one writes it, every minute; logs of who else tries are for CloudTrail data events.',
  },
  {
    rules: ['AwsSolutions-S1'],
    at: /^AccessLogs\/Bucket$/,
    reason: 'The bucket holds logs; logs of who reads them are for CloudTrail data events.',
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
      'Which countries may call is for the owner of the API to say, and so is the web ACL (customerWebAclArn).',
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
    reason: 'The function of the demo API answers with what it is given and may write its log only.',
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
      'A demo with one method for everything, to try the authorizer with; its decisions are in the log of the authorizer, which is no user pool.',
  },
];

/** Holds the app to the AwsSolutions pack at synth, but for what is acknowledged. */
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
 * A rule as the findings in a stack may have it. One that looks up its VPC is bound to a region, and so to a partition, which
 * are then in some ARNs, and in others not.
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
