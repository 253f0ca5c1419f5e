import assert from 'node:assert/strict';
import type { ClientSettings } from './cloud.ts';

/** The API versions of the services that are called without an SDK client. */
const VERSIONS = {
  ec2: '2016-11-15',
  cloudformation: '2010-05-15',
  iam: '2010-05-08',
  monitoring: '2010-08-01',
} as const;

/** Calls a query API and returns its XML. */
export function query(
  aws: ClientSettings,
  service: keyof typeof VERSIONS,
  action: string,
  input: Readonly<Record<string, string>> = {},
): Promise<string> {
  const body = new URLSearchParams({ Action: action, Version: VERSIONS[service], ...input });
  return call(aws, service, {
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: body.toString(),
  });
}

/** Calls a JSON API. `target` is the API's prefix and the action. */
export async function callJson(
  aws: ClientSettings,
  service: string,
  target: string,
  input: object,
): Promise<Record<string, unknown>> {
  const headers = { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': target };
  return JSON.parse(await call(aws, service, { headers, body: JSON.stringify(input) }));
}

/** Replaces an SDK client for services with only a few calls. moto does not check signatures. */
async function call(
  { endpoint, region, credentials }: ClientSettings,
  service: string,
  { headers, body }: { readonly headers: Readonly<Record<string, string>>; readonly body: string },
): Promise<string> {
  const scope = `${credentials.accessKeyId}/20260101/${region}/${service}/aws4_request`;
  const authorization = `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host, Signature=0`;
  const response = await fetch(endpoint, { method: 'POST', headers: { ...headers, authorization }, body });
  const text = await response.text();
  assert.ok(response.ok, `${service}: ${text}`);
  return text;
}

/** The texts of all XML elements with a name. */
export function textsOf(xml: string, element: string): string[] {
  return [...xml.matchAll(new RegExp(`<${element}>([^<]*)</${element}>`, 'g'))].map(([, text = '']) => text);
}
