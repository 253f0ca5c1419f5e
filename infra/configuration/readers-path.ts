import { Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { contentId } from '../front-door/content-id.ts';

/**
 * IAM path of the roles that read a configuration's snapshot. IAM is global, so a stack with the same name in another region
 * needs another path. Each configuration of a stack has its own path, so that no reader can read for another. If its id is
 * "Configuration", its enclosing constructs identify it; directly in the stack, the stack alone does.
 */
export function readersPathOf(configuration: Construct): string {
  const stack = Stack.of(configuration);
  const { scopes } = configuration.node;
  const ids = scopes.slice(scopes.indexOf(stack) + 1).map(({ node }) => node.id);
  const own = ids.at(-1) === 'Configuration' ? ids.slice(0, -1) : ids;
  const within = own.length === 0 ? '' : `${contentId(own.join('/'))}/`;
  return `/${stack.stackName}/${stack.region}/${within}verifiers/`;
}
