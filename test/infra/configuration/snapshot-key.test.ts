import { describe, expect, it } from '@jest/globals';
import { Match } from 'aws-cdk-lib/assertions';
import { contextOf, KEY } from '../shapes.ts';
import { templateOf } from '../synth.ts';
import { createAccessCheck, REGION } from './access.ts';

const ANOTHER = KEY.replace('0b1c2d3e', '1b1c2d3e');
const OF_ANOTHER_ACCOUNT = KEY.replace('123456789012', '210987654321');

const CONTEXT = { kmsKeyArn: KEY, authorizer: 'true', demoApi: 'http', sharedSecrets: 'true' };
const template = templateOf(CONTEXT);
const { resolve, roleOf, isAllowed } = createAccessCheck(template);

const [bucketId = ''] = Object.keys(
  template.findResources('AWS::S3::Bucket', {
    Properties: {
      BucketEncryption: {
        ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { KMSMasterKeyID: KEY } }],
      },
    },
  }),
);
const bucket = resolve({ 'Fn::GetAtt': [bucketId, 'Arn'] }) as string;

const KEEPER = roleOf('configuration-handler.handler');
const VERIFIERS = [roleOf('alb-handler.handler'), roleOf('authorizer-handler.handler')];

const THROUGH_S3 = {
  'kms:ViaService': `s3.${REGION}.amazonaws.com`,
  'kms:EncryptionContext:aws:s3:arn': bucket,
};

const can = (principal: string, action: string, context: Record<string, string>, key: string = KEY) =>
  isAllowed({ principal, action, resource: key, context });

describe('the KMS key of the operator', () => {
  it('encrypts the snapshot, with an S3 Bucket Key, so that not every cold start calls KMS', () => {
    expect(bucketId).toMatch(/^ConfigurationSnapshot/);
    template.hasResourceProperties('AWS::S3::Bucket', {
      BucketEncryption: {
        ServerSideEncryptionConfiguration: [
          {
            BucketKeyEnabled: true,
            ServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms', KMSMasterKeyID: KEY },
          },
        ],
      },
    });
  });

  it('encrypts every log group', () => {
    expect(Object.keys(template.findResources('AWS::Logs::LogGroup'))).toHaveLength(4);
    template.allResourcesProperties('AWS::Logs::LogGroup', { KmsKeyId: KEY });
    const ways = templateOf({ ...contextOf('verified-access'), kmsKeyArn: KEY });
    expect(Object.keys(ways.findResources('AWS::Logs::LogGroup'))).toHaveLength(4);
    ways.allResourcesProperties('AWS::Logs::LogGroup', { KmsKeyId: KEY });
  });

  it('does not encrypt access logs, which could not be written then, nor the shared secrets, which have their own key', () => {
    const buckets = Object.entries(
      templateOf({ ...CONTEXT, accessLogs: 'true' }).findResources('AWS::S3::Bucket'),
    );
    expect(buckets).toHaveLength(3);
    for (const [id, { Properties }] of buckets) {
      expect([id, JSON.stringify(Properties.BucketEncryption).includes(KEY)]).toEqual([id, id === bucketId]);
    }
  });

  it('can be used by the keeper to write and by verifiers to read, only through S3 and for this bucket', () => {
    expect(can(KEEPER, 'kms:GenerateDataKey', THROUGH_S3)).toBe(true);
    for (const role of [KEEPER, ...VERIFIERS]) {
      expect(can(role, 'kms:Decrypt', THROUGH_S3)).toBe(true);
      const { 'kms:ViaService': _, ...direct } = THROUGH_S3;
      expect(can(role, 'kms:Decrypt', direct)).toBe(false);
      for (const other of [`${bucket}-2`, 'arn:aws:s3:::another', `${bucket}x/object`]) {
        expect(can(role, 'kms:Decrypt', { ...THROUGH_S3, 'kms:EncryptionContext:aws:s3:arn': other })).toBe(
          false,
        );
      }
    }
    for (const role of VERIFIERS) expect(can(role, 'kms:GenerateDataKey', THROUGH_S3)).toBe(false);
  });

  it('can belong to another account, and a previous key can still be used', () => {
    for (const role of [KEEPER, ...VERIFIERS]) {
      for (const key of [ANOTHER, OF_ANOTHER_ACCOUNT]) {
        expect(can(role, 'kms:Decrypt', THROUGH_S3, key)).toBe(true);
      }
    }
  });

  it('has its objects rewritten by the deploy that changes or removes it', () => {
    for (const [context, key] of [
      [CONTEXT, KEY],
      [{ ...CONTEXT, kmsKeyArn: ANOTHER }, ANOTHER],
      [{ ...CONTEXT, kmsKeyArn: undefined }, Match.absent()],
    ] as const) {
      const given = Object.entries(context).filter((entry): entry is [string, string] => !!entry[1]);
      templateOf(Object.fromEntries(given)).hasResourceProperties('Custom::AlbJwtAuthorizerConfiguration', {
        SnapshotKey: key,
      });
    }
  });

  it('can be used by the verifiers before the keeper can write with it', () => {
    const policies = Object.entries(template.findResources('AWS::IAM::Policy')).filter(([id]) =>
      id.includes('SnapshotKey'),
    );
    const [[, ofKeeper] = []] = policies.filter(([id]) => id.startsWith('Configuration'));
    const ofVerifiers = policies.filter(([id]) => !id.startsWith('Configuration')).map(([id]) => id);
    expect(ofVerifiers).toHaveLength(2);
    expect([...(ofKeeper?.DependsOn ?? [])].sort()).toEqual(ofVerifiers.sort());
  });

  it('is absent by default, and then no role may use one', () => {
    const plain = templateOf({ authorizer: 'true' });
    expect(JSON.stringify(plain.toJSON())).not.toContain('kms:');
    plain.allResourcesProperties('AWS::Logs::LogGroup', { KmsKeyId: Match.absent() });
  });
});
