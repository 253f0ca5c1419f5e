import { GetParametersByPathCommand, PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import type { ClientSettings } from './cloud.ts';

/** The values of the parameters under a path, by their names below it. */
export async function valuesUnder(aws: ClientSettings, path: string): Promise<Record<string, string>> {
  const parameters = await parametersUnder(aws, path);
  return Object.fromEntries(parameters.map(({ name, value }) => [name, value]));
}

/** The types of the parameters under a path, by their names below it. */
export async function typesUnder(aws: ClientSettings, path: string): Promise<Record<string, string>> {
  const parameters = await parametersUnder(aws, path);
  return Object.fromEntries(parameters.map(({ name, type }) => [name, type]));
}

async function parametersUnder(aws: ClientSettings, path: string) {
  const { Parameters = [] } = await new SSMClient(aws).send(new GetParametersByPathCommand({ Path: path }));
  return Parameters.map(({ Name = '', Value: value = '', Type: type = '' }) => ({
    name: Name.slice(path.length + 1),
    value,
    type,
  }));
}

/** Sets every parameter to a value that no template has, and returns those values by name. */
export async function editByHand(aws: ClientSettings, path: string): Promise<Record<string, string>> {
  const edited = {
    issuer: 'https://issuer.example.com',
    audience: 'edited.example.com,orders',
    'jwks-uri': 'https://issuer.example.com/keys',
    upstream: 'https://upstream.example.com',
    policy: '{"routes":[{"path":"/api/open/*","onUnauthenticatedRequest":"allow"}]}',
    revocations: '{"https://issuer.example.com":{"sub":["gone"]}}',
  };
  const ssm = new SSMClient(aws);
  for (const [name, Value] of Object.entries(edited)) {
    await ssm.send(new PutParameterCommand({ Name: `${path}/${name}`, Value, Overwrite: true }));
  }
  return edited;
}
