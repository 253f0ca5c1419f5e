import { describe, expect, it } from '@jest/globals';
import { Match, type Template } from 'aws-cdk-lib/assertions';
import { parseOptions } from '../../../infra/options/parse-options.ts';
import { ENVIRONMENT, SECRETS, SNAPSHOT, snapshotKey } from '../../../lambda/contract.ts';
import { contextOf } from '../shapes.ts';
import { templateOf } from '../synth.ts';
import { findingsBetween } from '../transitions/check.ts';
import type { Template as TemplateJson } from '../transitions/template.ts';
import { ACCOUNT, createAccessCheck, REGION } from './access.ts';

const ON = { sharedSecrets: 'true' };
const template = templateOf({ ...ON, authorizer: 'true' });
const { resolve, roleOf, isAllowed } = createAccessCheck(template);

const arnOf = (type: string, id: RegExp): string => {
  const found = Object.keys(template.findResources(type)).find((one) => id.test(one)) ?? '';
  return resolve({ 'Fn::GetAtt': [found, 'Arn'] }) as string;
};
const bucket = arnOf('AWS::S3::Bucket', /Secrets/);
const secrets = `${bucket}/${SECRETS.key}`;
const snapshots = arnOf('AWS::S3::Bucket', /Snapshot/);
const snapshot = `${snapshots}/${snapshotKey('/alb-jwt-authorizer')}`;
const key = arnOf('AWS::KMS::Key', /Secrets/);

const KEEPER = roleOf('configuration-handler.handler');
const VERIFIERS = [roleOf('alb-handler.handler'), roleOf('authorizer-handler.handler')];
const VIA_S3 = { 'kms:ViaService': `s3.${REGION}.amazonaws.com` };

const can = (principal: string, action: string, resource: string, context = {}) =>
  isAllowed({ principal, action, resource, context });

describe('the shared secrets', () => {
  it('are written, read and deleted by the keeper, only under their prefix', () => {
    for (const action of ['s3:PutObject', 's3:GetObject', 's3:DeleteObject']) {
      expect(can(KEEPER, action, secrets)).toBe(true);
      expect(can(KEEPER, action, `${bucket}/other`)).toBe(false);
    }
    for (const action of ['kms:GenerateDataKey', 'kms:Decrypt']) {
      expect(can(KEEPER, action, key, VIA_S3)).toBe(true);
    }
  });

  it.each(VERIFIERS)('are read, and never written, by %s', (verifier) => {
    expect(can(verifier, 's3:GetObject', secrets)).toBe(true);
    expect(can(verifier, 's3:GetObject', `${bucket}/${SECRETS.prefix}2.json`)).toBe(false);
    expect(can(verifier, 'kms:Decrypt', key, VIA_S3)).toBe(true);
    expect(can(verifier, 'kms:GenerateDataKey', key, VIA_S3)).toBe(false);
    for (const action of ['s3:PutObject', 's3:DeleteObject', 's3:PutObjectAcl']) {
      expect(can(verifier, action, secrets)).toBe(false);
    }
  });

  it.each([KEEPER, ...VERIFIERS])(
    'are decrypted only by S3 for %s, which cannot use the key directly',
    (user) => {
      for (const action of ['kms:Decrypt', 'kms:GenerateDataKey', 'kms:Encrypt']) {
        expect(can(user, action, key)).toBe(false);
      }
    },
  );

  it.each([
    ['an administrator', `arn:aws:iam::${ACCOUNT}:role/Admin`],
    ['root', `arn:aws:iam::${ACCOUNT}:root`],
    ["a verifier's role of another stack", `arn:aws:iam::${ACCOUNT}:role/Other/${REGION}/verifiers/One`],
    ['the same in another region', `arn:aws:iam::${ACCOUNT}:role/AlbJwtAuthorizer/us-east-1/verifiers/One`],
  ])('are neither read, written nor decrypted by %s, who may manage bucket and key', (_, principal) => {
    for (const action of ['s3:GetObject', 's3:GetObjectVersion', 's3:PutObject', 's3:DeleteObject']) {
      expect(can(principal, action, secrets)).toBe(false);
    }
    for (const action of ['kms:Decrypt', 'kms:GenerateDataKey', 'kms:ReEncryptFrom', 'kms:Encrypt']) {
      expect(can(principal, action, key, VIA_S3)).toBe(false);
    }
    for (const action of ['kms:PutKeyPolicy', 'kms:ScheduleKeyDeletion', 'kms:DescribeKey']) {
      expect(can(principal, action, key)).toBe(true);
    }
    expect(can(principal, 's3:DeleteBucket', bucket)).toBe(true);
  });

  it('travel only over TLS', () => {
    const clear = { 'aws:SecureTransport': 'false' };
    for (const user of [KEEPER, ...VERIFIERS]) expect(can(user, 's3:GetObject', secrets, clear)).toBe(false);
  });

  it.each([KEEPER, ...VERIFIERS])(
    'that are missing are a 404 for %s, because it may list the prefix',
    (user) => {
      expect(can(user, 's3:ListBucket', bucket)).toBe(true);
      expect(can(user, 's3:ListBucket', bucket, { 's3:prefix': SECRETS.prefix })).toBe(true);
      expect(can(user, 's3:ListBucket', bucket, { 's3:prefix': 'other/' })).toBe(false);
    },
  );

  it('leave the snapshot as it is: in its own bucket, without a KMS key', () => {
    for (const user of [KEEPER, ...VERIFIERS]) expect(can(user, 's3:GetObject', snapshot)).toBe(true);
    expect(template.findResources('AWS::S3::Bucket').ConfigurationSnapshot3D212312).toEqual(
      templateOf().findResources('AWS::S3::Bucket').ConfigurationSnapshot3D212312,
    );
  });
});

describe('their bucket and key', () => {
  it('encrypt by default, with a key that rotates, and are deleted with the stack', () => {
    template.hasResource('AWS::S3::Bucket', {
      DeletionPolicy: 'Delete',
      Properties: {
        BucketEncryption: {
          ServerSideEncryptionConfiguration: [
            {
              BucketKeyEnabled: true,
              ServerSideEncryptionByDefault: {
                SSEAlgorithm: 'aws:kms',
                KMSMasterKeyID: { 'Fn::GetAtt': [Match.stringLikeRegexp('SecretsKey'), 'Arn'] },
              },
            },
          ],
        },
        VersioningConfiguration: Match.absent(),
      },
    });
    template.hasResource('AWS::KMS::Key', {
      DeletionPolicy: 'Delete',
      Properties: { EnableKeyRotation: true, PendingWindowInDays: 7 },
    });
  });

  it('admit, by the policy of the key, only administrators of the account', () => {
    const [made] = Object.values(template.findResources('AWS::KMS::Key'));
    const allowing = made?.Properties.KeyPolicy.Statement.filter(
      ({ Effect }: { Effect: string }) => Effect === 'Allow',
    );
    expect(resolve(allowing)).toEqual([
      expect.objectContaining({ Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` } }),
    ]);
  });

  it('are found by keeper and verifiers, and by nobody if the option is off', () => {
    const urls = (of: Template) =>
      Object.values(of.findResources('AWS::Lambda::Function')).map(
        ({ Properties }) => Properties.Environment.Variables[ENVIRONMENT.secretsUrl],
      );
    const url = {
      'Fn::Join': [
        '',
        [
          'https://',
          { 'Fn::GetAtt': [expect.stringContaining('SecretsBucket'), 'RegionalDomainName'] },
          `/${SECRETS.key}`,
        ],
      ],
    };
    expect(urls(template)).toEqual([url, url, url]);
    expect(urls(templateOf())).toEqual([undefined, undefined]);
    templateOf().resourceCountIs('AWS::KMS::Key', 0);
    template.hasOutput('SecretsBucket', { Value: { Ref: Match.stringLikeRegexp('SecretsBucket') } });
    expect(templateOf().findOutputs('SecretsBucket')).toEqual({});
  });

  it('exist before the keeper first runs and before a verifier starts, and are emptied before they are deleted', () => {
    const [custom] = Object.values(template.findResources('Custom::AlbJwtAuthorizerConfiguration'));
    expect(custom?.Properties.SecretsUrl).toBeDefined();
    expect(custom?.DependsOn).toEqual(
      expect.arrayContaining([
        expect.stringContaining('SecretsBucketPolicy'),
        expect.stringMatching(/SecretsBucket[0-9A-F]{8}$/),
        expect.stringContaining('SecretsKey'),
      ]),
    );
    for (const { Properties, DependsOn } of Object.values(template.findResources('AWS::Lambda::Function'))) {
      expect([Properties.Handler, DependsOn]).toEqual([
        Properties.Handler,
        expect.arrayContaining([expect.stringMatching(/Role\w*Secrets/)]),
      ]);
    }
  });

  it('are reached through the gateway endpoint, which allows both objects and nothing else', () => {
    const inVpc = templateOf({ ...contextOf('private-upstream/snapshot-only'), ...ON });
    const access = createAccessCheck(inVpc);
    const [endpoint] = Object.values(inVpc.findResources('AWS::EC2::VPCEndpoint'));
    const { Statement } = access.resolve(endpoint?.Properties.PolicyDocument) as {
      Statement: { Action: string; Resource: string | string[] }[];
    };
    expect(Statement.map(({ Action, Resource }) => [Action, [Resource].flat().sort()])).toEqual([
      ['s3:GetObject', [secrets, `${snapshots}/${SNAPSHOT.prefix}*`]],
      ['s3:ListBucket', [snapshots]],
      ['s3:ListBucket', [bucket]],
    ]);
    inVpc.resourceCountIs('AWS::EC2::VPCEndpoint', 1);
  });
});

describe('the option', () => {
  it('has on record what it adds', () => {
    const [before, after] = [templateOf(), templateOf(ON)].map((one) => one.toJSON().Resources);
    const added = Object.entries<{ Type: string }>(after).filter(
      ([id, { Type }]) => !(id in before) && Type !== 'AWS::Lambda::Version',
    );
    expect(Object.fromEntries(added)).toMatchSnapshot();
  });

  it('is turned on and off in place, and deletes only the secrets', () => {
    const [off, on] = [{}, ON].map((context) => templateOf(context).toJSON() as TemplateJson);
    if (off === undefined || on === undefined) throw new Error('There are two templates.');
    expect(findingsBetween(off, on)).toEqual([]);
    expect(
      findingsBetween(on, off).map(({ kind, type, id }) => `${kind} ${type} ${id.slice(0, 20)}`),
    ).toEqual(['loses AWS::S3::Bucket ConfigurationSecrets']);
  });

  it.each([
    [
      'the keeper',
      { ...ON, keeper: 'false' },
      'sharedSecrets=true needs keeper=true, because the keeper makes the secrets',
    ],
    [
      'a function',
      { ...contextOf('native-only'), ...ON },
      'nativeOnly excludes sharedSecrets: there is no function',
    ],
  ])('fails the synth without %s', (_, context, problem) => {
    expect(parseOptions(context, {})).toEqual({ kind: 'invalid', problems: [problem] });
  });
});
