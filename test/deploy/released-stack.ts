import assert from 'node:assert/strict';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import type { Assets } from '../../infra/release/assets.ts';
import { templateText } from '../../infra/release/assets.ts';
import type { ReleaseShapeName } from '../../infra/release/release-shapes.ts';
import { query, textsOf } from './aws-calls.ts';
import type { ClientSettings } from './cloud.ts';

export const BUCKET = 'releases';
export const PREFIX = 'alb-jwt-authorizer/';

/** A stack of a released template, with its values. */
export interface ReleasedStack {
  readonly name: string;
  readonly shape: ReleaseShapeName;
  readonly assets: Assets;
  readonly values: Readonly<Record<string, string>>;
}

/** Uploads the zips and the templates of a release, as docs/without-cdk.md says. */
export async function upload(aws: ClientSettings, { version, code, templates }: Assets): Promise<void> {
  const s3 = new S3Client(aws);
  const put = (key: string, Body: Uint8Array | string) =>
    s3.send(new PutObjectCommand({ Bucket: BUCKET, Key: `${PREFIX}${key}`, Body }));
  for (const { name, bytes } of Object.values(code)) await put(name, bytes);
  for (const [name, template] of Object.entries(templates)) {
    await put(`${version}/${name}.template.json`, templateText(template));
  }
}

/** Creates or updates the stack, and returns its status afterwards; later lines say what has failed. */
export async function bring(
  action: 'CreateStack' | 'UpdateStack',
  aws: ClientSettings,
  stack: ReleasedStack,
): Promise<string> {
  const { name, shape, assets, values } = stack;
  const hasCode = 'CodeBucket' in assets.templates[shape].Parameters;
  const all = { ...(hasCode ? { CodeBucket: BUCKET, CodePrefix: PREFIX } : {}), ...values };
  const parameters = Object.entries(all).flatMap(([key, value], index) => [
    [`Parameters.member.${index + 1}.ParameterKey`, key],
    [`Parameters.member.${index + 1}.ParameterValue`, value],
  ]);
  await query(aws, 'cloudformation', action, {
    StackName: name,
    TemplateURL: `${aws.endpoint}/${BUCKET}/${PREFIX}${assets.version}/${shape}.template.json`,
    'Capabilities.member.1': 'CAPABILITY_IAM',
    ...Object.fromEntries(parameters),
  });
  const response = await query(aws, 'cloudformation', 'DescribeStackEvents', { StackName: name });
  const [last = '', ...earlier] = response.split('<member>').slice(1);
  const said = (event: string, element: string) => textsOf(event, element)[0] ?? '';
  // Newest first: the events of this change come before the one that ended the previous change.
  const end = earlier.findIndex(
    (event) => /COMPLETE$/.test(said(event, 'ResourceStatus')) && isOfStack(event, name),
  );
  const failed = earlier
    .slice(0, end < 0 ? undefined : end)
    .filter((event) => said(event, 'ResourceStatus').endsWith('FAILED'))
    .map((event) => `${said(event, 'LogicalResourceId')}: ${said(event, 'ResourceStatusReason')}`);
  return [said(last, 'ResourceStatus'), ...failed].join('\n');
}

const isOfStack = (event: string, name: string) => textsOf(event, 'LogicalResourceId')[0] === name;

export async function outputsOf(aws: ClientSettings, StackName: string): Promise<Record<string, string>> {
  const response = await query(aws, 'cloudformation', 'DescribeStacks', { StackName });
  const [keys, values] = [textsOf(response, 'OutputKey'), textsOf(response, 'OutputValue')];
  assert.equal(keys.length, values.length);
  return Object.fromEntries(keys.map((key, index) => [key, unescaped(values[index] ?? '')]));
}

const unescaped = (text: string) =>
  text
    .replaceAll('&quot;', '"')
    .replaceAll('&#34;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&apos;', "'")
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&');
