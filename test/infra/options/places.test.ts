import { describe, expect, it } from '@jest/globals';
import { parseOptions } from '../../../infra/options/parse-options.ts';
import { CERTIFICATE, contextOf, SHAPE_NAMES } from '../shapes.ts';

const IRELAND = { CDK_DEFAULT_ACCOUNT: '123456789012', CDK_DEFAULT_REGION: 'eu-west-1' };
const at = (region: string) => ({ ...IRELAND, CDK_DEFAULT_REGION: region });

function problemsOf(context: Record<string, unknown>, cdkDefaults = {}): readonly string[] {
  const parsed = parseOptions(context, cdkDefaults);
  return parsed.kind === 'invalid' ? parsed.problems : [];
}

const elsewhere = (arn: string) => arn.replace('eu-west-1', 'eu-central-1');
const ofOthers = (arn: string) => arn.replace('123456789012', '210987654321');

describe('resources that options name', () => {
  it.each(SHAPE_NAMES)('are where the stack goes in %s', (name) => {
    expect(problemsOf(contextOf(name), IRELAND)).toEqual([]);
  });

  it("must be in the stack's region and account, if those are known", () => {
    const context = { certificateArn: elsewhere(CERTIFICATE), sniCertificateArns: ofOthers(CERTIFICATE) };
    expect(problemsOf(context, IRELAND)).toEqual([
      'certificateArn is in eu-central-1, but the stack goes to eu-west-1, the region of your credentials',
      'sniCertificateArns belongs to account 210987654321, but the stack goes to 123456789012, the account of your credentials',
    ]);
  });

  it('must share one region and account, if nothing else is known', () => {
    const { webAclArn, certificateArn } = contextOf('web-acl');
    expect(problemsOf({ certificateArn, webAclArn: elsewhere(webAclArn ?? '') })).toEqual([
      'webAclArn is in eu-central-1, but certificateArn in eu-west-1: a stack has one region',
    ]);
    expect(problemsOf({ certificateArn, webAclArn: ofOthers(webAclArn ?? '') })).toEqual([
      'webAclArn belongs to account 210987654321, but certificateArn to 123456789012: a stack has one account',
    ]);
  });

  it("must be in us-east-1 if they are CloudFront's", () => {
    const context = contextOf('verified-access/customer-names');
    expect(problemsOf(context)).toEqual([]);
    const { customerCertificateArn = '', customerWebAclArn = '' } = context;
    expect(
      problemsOf({
        ...context,
        customerCertificateArn: customerCertificateArn.replace('us-east-1', 'eu-west-1'),
        customerWebAclArn: ofOthers(customerWebAclArn),
      }),
    ).toEqual([
      expect.stringMatching(/^customerCertificateArn must be the ARN of a certificate in ACM in us-east-1,/),
      'customerWebAclArn belongs to account 210987654321, but certificateArn to 123456789012: a stack has one account',
    ]);
  });

  it("must be in the stack's region if they are zones", () => {
    expect(problemsOf({ zones: 'eu-central-1a,eu-central-1b' }, IRELAND)).toEqual([
      'zones names zones of eu-central-1, but the stack goes to eu-west-1, the region of your credentials',
    ]);
    expect(problemsOf({ zones: 'eu-central-1a,eu-west-1a' })).toEqual([
      'zones names zones of eu-central-1 and eu-west-1: a stack has one region',
    ]);
    expect(problemsOf({ zones: 'eu-west-1a,eu-west-1b' }, IRELAND)).toEqual([]);
  });

  it('may belong to another account where that works, and may have no region if they are global', () => {
    const certificateArn = 'arn:aws:iam::123456789012:server-certificate/api';
    const alarmTopicArn = ofOthers(contextOf('watched').alarmTopicArn ?? '');
    expect(problemsOf({ certificateArn, alarmTopicArn }, IRELAND)).toEqual([]);
    expect(problemsOf({ certificateArn, alarmTopicArn })).toEqual([]);
  });
});

describe('a service that the partition lacks', () => {
  it('is reported before a deploy fails', () => {
    expect(problemsOf({ cognito: 'true' }, at('cn-north-1'))).toEqual([
      'cognito is not possible in aws-cn, which has no Cognito user pools',
    ]);
    expect(problemsOf({ accessLogs: 'true' }, at('us-gov-west-1'))).toEqual([
      'accessLogs is not possible in aws-us-gov, which writes the logs from an AWS account that the bucket does not allow',
    ]);
    expect(problemsOf({ cognito: 'true', accessLogs: 'true' }, IRELAND)).toEqual([]);
  });

  it('is found by the partition of the ARNs if there are no credentials', () => {
    const government = Object.fromEntries(
      Object.entries(contextOf('verified-access')).map(([name, value]) => [
        name,
        value.replace('arn:aws:', 'arn:aws-us-gov:').replace('eu-west-1', 'us-gov-west-1'),
      ]),
    );
    expect(problemsOf(government)).toEqual([
      'verifiedAccess is not possible in aws-us-gov, which has no CloudFront',
    ]);
  });
});
