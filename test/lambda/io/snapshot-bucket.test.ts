import { expect, test } from '@jest/globals';
import { createSecretsBucket, createSnapshotBucket } from '../../../lambda/io/snapshot-bucket.ts';
import { sendSigned } from '../../support/aws-responses.ts';

const options = { owner: '123456789012', send: sendSigned('s3') };

test.each([
  'https://evil.example/snapshot/1/app.json',
  'https://bucket.s3.eu-central-1.amazonaws.com.evil.example/snapshot/1/app.json',
  'https://s3.evil.example/snapshot/1/app.json',
  'http://bucket.s3.eu-central-1.amazonaws.com/snapshot/1/app.json',
  'text',
])('signs nothing for %s, which an event could name', (url) => {
  expect(() => createSnapshotBucket(url, options)).toThrow('SnapshotUrl');
  expect(() => createSecretsBucket(url, options)).toThrow('SecretsUrl');
});

test('accepts a bucket in S3, and the local stack', () => {
  createSnapshotBucket('https://bucket-1.s3.eu-central-1.amazonaws.com/snapshot/1/app.json', options);
  createSnapshotBucket('http://localhost:8087/snapshots/snapshot/1.json', options);
});
