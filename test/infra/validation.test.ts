import { expect, it, jest } from '@jest/globals';
import { CfnResource, Stack } from 'aws-cdk-lib';
import { contextOf, SHAPE_NAMES } from './shapes.ts';
import { appOf } from './synth.ts';

const CONTEXTS: readonly [string, Record<string, unknown>][] = [
  ...SHAPE_NAMES.map((name): [string, Record<string, unknown>] => [name, contextOf(name)]),
  ['paths and hosts', { paths: '/api/*,/v2/*', hosts: 'api.example.com,*.example.org' }],
];

it.each(CONTEXTS)("the template of %s passes CDK's validation, as a deploy requires", (_, context) => {
  expect(() => appOf({ context, failing: true }).synth()).not.toThrow();
});

it('a template with a property that CloudFormation does not know fails it', () => {
  jest.spyOn(console, 'error').mockImplementation(() => {});
  const app = appOf({ failing: true });
  const stack = app.node.children.find(Stack.isStack);
  if (stack === undefined) throw new Error('The app has no stack.');
  new CfnResource(stack, 'Wrong', { type: 'AWS::S3::Bucket', properties: { Colour: 'green' } });
  expect(() => app.synth()).toThrow(/[Vv]alidation/);
});
