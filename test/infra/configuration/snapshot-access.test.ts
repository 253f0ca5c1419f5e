import { describe, expect, it } from '@jest/globals';
import { SNAPSHOT, snapshotKey } from '../../../lambda/contract.ts';
import { contextOf } from '../shapes.ts';
import { templateOf } from '../synth.ts';
import { ACCOUNT, createAccessCheck, REGION } from './access.ts';

const template = templateOf({ authorizer: 'true' });
const { resolve, roleOf, isAllowed } = createAccessCheck(template);

const [bucketId = ''] = Object.keys(template.findResources('AWS::S3::Bucket'));
const bucket = resolve({ 'Fn::GetAtt': [bucketId, 'Arn'] }) as string;
const snapshot = `${bucket}/${snapshotKey('/alb-jwt-authorizer')}`;

const KEEPER = roleOf('configuration-handler.handler');
const VERIFIERS = [roleOf('alb-handler.handler'), roleOf('authorizer-handler.handler')];
const role = (name: string) => `arn:aws:iam::${ACCOUNT}:role/${name}`;

/** All of them may do everything by their own policies. */
const OTHERS = {
  'an administrator': role('Admin'),
  root: `arn:aws:iam::${ACCOUNT}:root`,
  "a verifier's role of the same stack in another region": role('AlbJwtAuthorizer/us-east-1/verifiers/One'),
  "a verifier's role of another stack": role(`Other/${REGION}/verifiers/One`),
  "a role of another account on the verifiers' path": `arn:aws:iam::210987654321:role/AlbJwtAuthorizer/${REGION}/verifiers/One`,
  nobody: undefined,
};

const can = (principal: string | undefined, action: string, resource: string, context = {}) =>
  isAllowed({ ...(principal === undefined ? {} : { principal }), action, resource, context });

const WRITES = ['s3:PutObject', 's3:PutObjectAcl', 's3:DeleteObject', 's3:DeleteObjectVersion'];
const READS = ['s3:GetObject', 's3:GetObjectVersion', 's3:GetObjectAttributes'];

describe('the snapshot', () => {
  it('is written, read and deleted by the keeper, which may do so only under its prefix', () => {
    for (const action of ['s3:PutObject', 's3:GetObject', 's3:DeleteObject']) {
      expect(can(KEEPER, action, snapshot)).toBe(true);
      expect(can(KEEPER, action, `${bucket}/${SNAPSHOT.prefix}2.json`)).toBe(true);
      expect(can(KEEPER, action, `${bucket}/other.json`)).toBe(false);
    }
  });

  it.each(VERIFIERS)('is read, and never written, by %s', (verifier) => {
    expect(can(verifier, 's3:GetObject', snapshot)).toBe(true);
    expect(can(verifier, 's3:GetObject', `${bucket}/${SNAPSHOT.prefix}2.json`)).toBe(false);
    for (const action of WRITES) expect(can(verifier, action, snapshot)).toBe(false);
  });

  it.each(Object.entries(OTHERS))('is neither read nor written by %s', (_, principal) => {
    for (const action of [...WRITES, ...READS]) expect(can(principal, action, snapshot)).toBe(false);
  });

  it('is read by a verifier of a previous configPath of the stack, whose version may still serve', () => {
    const other = createAccessCheck(templateOf({ configPath: '/orders' }));
    const moved = templateOf({ configPath: '/orders' }).findResources('AWS::IAM::Role');
    const arns = Object.keys(moved).map((id) => other.resolve({ 'Fn::GetAtt': [id, 'Arn'] }) as string);
    const [old] = arns.filter((arn) => arn.includes('/verifiers/'));
    expect(VERIFIERS).not.toContain(old);
    expect(can(old, 's3:GetObject', snapshot)).toBe(true);
  });

  it('travels only over TLS', () => {
    const clear = { 'aws:SecureTransport': 'false' };
    expect(can(KEEPER, 's3:PutObject', snapshot, clear)).toBe(false);
    for (const verifier of VERIFIERS) expect(can(verifier, 's3:GetObject', snapshot, clear)).toBe(false);
  });

  it.each([KEEPER, ...VERIFIERS])(
    'that is missing is a 404 for %s, because it may list the prefix',
    (reader) => {
      expect(can(reader, 's3:ListBucket', bucket)).toBe(true);
      expect(can(reader, 's3:ListBucket', bucket, { 's3:prefix': SNAPSHOT.prefix })).toBe(true);
      expect(can(reader, 's3:ListBucket', bucket, { 's3:prefix': 'other/' })).toBe(false);
    },
  );

  it.each(['s3:DeleteBucket', 's3:ListBucket', 's3:PutBucketPolicy', 's3:DeleteBucketPolicy'])(
    'locks nobody out of its bucket: an administrator, or CloudFormation for one, has %s',
    (action) => expect(can(OTHERS['an administrator'], action, bucket)).toBe(true),
  );
});

describe('its bucket', () => {
  it('is private, encrypted and unversioned, and is deleted with the stack', () => {
    template.hasResource('AWS::S3::Bucket', {
      DeletionPolicy: 'Delete',
      Properties: {
        BucketEncryption: {
          ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }],
        },
        OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] },
        PublicAccessBlockConfiguration: {
          BlockPublicAcls: true,
          BlockPublicPolicy: true,
          IgnorePublicAcls: true,
          RestrictPublicBuckets: true,
        },
      },
    });
    const [made] = Object.values(template.findResources('AWS::S3::Bucket'));
    expect(Object.keys(made?.Properties)).not.toContain('VersioningConfiguration');
  });

  it('is reached through a gateway endpoint that allows nothing else', () => {
    const inVpc = templateOf(contextOf('private-upstream/snapshot-only'));
    inVpc.hasResourceProperties('AWS::EC2::VPCEndpoint', {
      VpcEndpointType: 'Gateway',
      VpcId: 'vpc-0123456789abcdef0',
      RouteTableIds: ['rtb-0123456789abcdef0'],
    });
    const [endpoint] = Object.values(inVpc.findResources('AWS::EC2::VPCEndpoint'));
    const { Statement } = resolve(endpoint?.Properties.PolicyDocument) as {
      Statement: { Effect: string; Action: string; Resource: string }[];
    };
    expect(Statement.map(({ Effect, Action, Resource }) => [Effect, Action, Resource])).toEqual([
      ['Allow', 's3:GetObject', `${bucket}/${SNAPSHOT.prefix}*`],
      ['Allow', 's3:ListBucket', bucket],
    ]);
  });
});
