import assert from 'node:assert/strict';
import type { Template } from '../infra/transitions/template.ts';
import { query, textsOf } from './aws-calls.ts';
import type { ClientSettings } from './cloud.ts';

/** A resource as CloudFormation describes it. */
interface StackResource {
  readonly id: string;
  readonly type: string;
  readonly physicalId: string;
}

export async function resourcesIn(aws: ClientSettings, stackName: string): Promise<StackResource[]> {
  const response = await query(aws, 'cloudformation', 'DescribeStackResources', { StackName: stackName });
  return response
    .split('<member>')
    .slice(1)
    .map((member) => {
      const text = (element: string) => textsOf(member, element)[0] ?? '';
      return {
        id: text('LogicalResourceId'),
        type: text('ResourceType'),
        physicalId: text('PhysicalResourceId'),
      };
    });
}

/** The physical ids of a stack's resources of a type. */
export async function resourcesOf(aws: ClientSettings, stackName: string, type: string): Promise<string[]> {
  const resources = await resourcesIn(aws, stackName);
  return resources.filter((resource) => resource.type === type).map(({ physicalId }) => physicalId);
}

/** The template that a stack was deployed with. */
export async function templateOfStack(aws: ClientSettings, stackName: string): Promise<Template> {
  const response = await query(aws, 'cloudformation', 'GetTemplate', { StackName: stackName });
  const [body = ''] = textsOf(response, 'TemplateBody');
  const entities: Readonly<Record<string, string>> = { quot: '"', apos: "'", lt: '<', gt: '>', amp: '&' };
  return JSON.parse(
    body.replace(/&(#?\w+);/g, (_, name: string) =>
      name.startsWith('#') ? String.fromCodePoint(Number(name.slice(1))) : (entities[name] ?? ''),
    ),
  );
}

/** Throws if any event of the stack is a failure. A failed deletion does not fail an update, so it is easily missed. */
export async function assertNothingFailed(aws: ClientSettings, stackName: string): Promise<void> {
  const response = await query(aws, 'cloudformation', 'DescribeStackEvents', { StackName: stackName });
  const [, ...events] = response.split('<member>');
  assert.ok(events.length > 0);
  const failed = events.filter((event) => /<ResourceStatus>\w*FAILED</.test(event));
  assert.deepEqual(failed, [], `${stackName} must have no failures`);
}
