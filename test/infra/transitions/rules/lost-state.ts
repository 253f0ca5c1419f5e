import type { Finding, Rule } from '../finding.ts';
import type { Change } from '../transition.ts';

/** What is lost with a resource, even if another of its type is created. */
const STATE: Readonly<Record<string, string>> = {
  'AWS::ApiGateway::RestApi': 'its address',
  'AWS::ApiGatewayV2::Api': 'its address',
  'AWS::CloudFront::Distribution': 'its domain name',
  'AWS::Cognito::UserPool': 'the issuer, its clients and their secrets',
  'AWS::Cognito::UserPoolClient': "the client's id and secret",
  'AWS::Cognito::UserPoolDomain': 'the address of the token endpoint',
  'AWS::EC2::VPC': 'the VPC, with its peering connections',
  'AWS::EC2::VerifiedAccessEndpoint': 'the name that the CNAME points to',
  'AWS::EC2::VerifiedAccessInstance': 'the ARN that identifies its tokens',
  'AWS::ElasticLoadBalancingV2::LoadBalancer': 'its DNS name',
  'AWS::Logs::LogGroup': 'its log lines',
  'AWS::S3::Bucket': 'its objects',
  'AWS::SSM::Parameter': 'the value that operators have set',
};

export const STATEFUL_TYPES = Object.keys(STATE) as readonly string[];

/** A parameter in a template: any change of its entry overwrites the value that operators have set. */
const WRITTEN_OVER = 'AWS::SSM::Parameter';

export const nothingIsLost: Rule = ({ changes }) =>
  changes.flatMap((change): Finding[] => {
    const type = goneType(change);
    const state = type === undefined ? undefined : STATE[type];
    if (type === undefined || state === undefined) return [];
    return [{ kind: 'loses', id: change.id, type, text: `is ${change.kind}, which loses ${state}` }];
  });

function goneType(change: Change): string | undefined {
  if (change.kind === 'removed')
    return isRetained(change.before.DeletionPolicy) ? undefined : change.before.Type;
  if (change.kind === 'replaced') {
    return isRetained(change.before.UpdateReplacePolicy) ? undefined : change.before.Type;
  }
  return change.kind === 'modified' && change.after.Type === WRITTEN_OVER ? WRITTEN_OVER : undefined;
}

/** A retained resource leaves the stack and stays in the account. */
export function isRetained(policy: string | undefined): boolean {
  return policy === 'Retain' || policy === 'RetainExceptOnCreate';
}
