import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type S3, startS3 } from '../../../local/s3/server.ts';
import { AWS_CLI, aws } from '../../support/aws-cli.ts';
import { temporaryDirectory } from '../../support/local-stack-fixtures.ts';

let s3: S3;
const directory = temporaryDirectory();
const file = (name: string) => join(directory.path, name);

beforeAll(async () => {
  s3 = await startS3({
    port: 0,
    region: 'us-east-1',
    account: '000000000000',
    buckets: ['snapshots'],
    log: () => {},
  });
});
afterAll(async () => {
  await s3.close();
  directory.remove();
});

const cli = (...args: string[]) => aws(s3.origin, ...args);
const api = (operation: string, ...args: string[]) =>
  cli('s3api', operation, '--bucket', 'snapshots', ...args);
/** Skipped without an AWS CLI; the SDK's tests cover the same operations. */
const withCli = AWS_CLI ? test : test.skip;

withCli('the AWS CLI copies an object in, lists it, and copies it out', async () => {
  const bytes = randomBytes(1000);
  writeFileSync(file('in'), bytes);
  await cli('s3', 'cp', file('in'), 's3://snapshots/snapshot/1.json');
  expect(s3.store.get('snapshots', 'snapshot/1.json')?.bytes).toEqual(bytes);
  expect(await cli('s3', 'ls', 's3://snapshots/', '--recursive')).toMatch(/ 1000 snapshot\/1\.json\n$/);
  expect(await cli('s3', 'ls', 's3://snapshots/')).toMatch(/PRE snapshot\/\n$/);
  expect(await cli('s3', 'ls')).toMatch(/ snapshots\n$/);
  await cli('s3', 'cp', 's3://snapshots/snapshot/1.json', file('out'));
  expect(readFileSync(file('out'))).toEqual(bytes);
  await cli('s3', 'rm', 's3://snapshots/', '--recursive');
  expect(s3.store.list('snapshots')).toEqual([]);
});

withCli('the AWS CLI writes on conditions, reads and deletes', async () => {
  writeFileSync(file('in'), '{"a":1}');
  const key = ['--key', 'k'];
  const create = ['put-object', ...key, '--body', file('in'), '--if-none-match', '*'] as const;
  const { ETag } = JSON.parse(await api(...create));
  await expect(api(...create)).rejects.toThrow('PreconditionFailed');
  expect(JSON.parse(await api('get-object', ...key, file('out')))).toMatchObject({
    ETag,
    ContentLength: 7,
  });
  expect(readFileSync(file('out'), 'utf8')).toBe('{"a":1}');
  expect(JSON.parse(await api('head-object', ...key))).toMatchObject({ ETag });
  await api('delete-object', ...key);
  await expect(api('get-object', ...key, file('out'))).rejects.toThrow('NoSuchKey');
});
