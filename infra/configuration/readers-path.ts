import { Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { contentId } from '../front-door/content-id.ts';

/**
 * IAM path of the roles that read a configuration's snapshot. IAM knows no regions, so a stack of the same name in another
 * one needs another path; and each configuration of a stack has its own, so that none of its readers are another's. One
 * whose id is "Configuration" is known by what it is in, and needs no more than the stack where that is all.
 */
export function readersPathOf(configuration: Construct): string {
  const stack = Stack.of(configuration);
  const { scopes } = configuration.node;
  const ids = scopes.slice(scopes.indexOf(stack) + 1).map(({ node }) => node.id);
  const own = ids.at(-1) === 'Configuration' ? ids.slice(0, -1) : ids;
  const within = own.length === 0 ? '' : `${contentId(own.join('/'))}/`;
  return `/${stack.stackName}/${stack.region}/${within}verifiers/`;
}
