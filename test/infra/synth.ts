import { App, aws_lambda as lambda } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { AuthorizerStack } from '../../infra/authorizer-stack.ts';
import { FEATURE_FLAGS } from '../../infra/feature-flags.ts';
import type { Options } from '../../infra/options.ts';
import { parseOptions } from '../../infra/parse-options.ts';
import type { PolicyFile } from '../../infra/policy-file.ts';

/** The options that valid context gives. */
export function optionsOf(
  context: Record<string, unknown> = {},
  cdkDefaults: Record<string, string> = {},
): Options {
  const parsed = parseOptions(context, cdkDefaults);
  if (parsed.kind === 'invalid') {
    throw new Error(parsed.problems.join('\n'));
  }
  return parsed.options;
}

/** The stack that the app would make of some context, with a stand-in for the function's bundle. */
export function stackOf(
  context: Record<string, unknown> = {},
  cdkDefaults: Record<string, string> = {},
  policy?: PolicyFile,
) {
  // The CDK CLI sets this too, and reports itself what CDK's validation finds.
  const cli = { '@aws-cdk/core:failSynthOnValidationErrors': false };
  const app = new App({ context: { ...FEATURE_FLAGS, ...cli } });
  return new AuthorizerStack(app, 'AlbJwtAuthorizer', {
    options: optionsOf(context, cdkDefaults),
    codeOf: () => lambda.Code.fromInline('stand-in'),
    policy,
  });
}

const templates = new Map<string, Template>();

/** The template of that stack; each is synthesized once in a test file. */
export function templateOf(
  context: Record<string, unknown> = {},
  cdkDefaults: Record<string, string> = {},
  policy?: PolicyFile,
): Template {
  const key = JSON.stringify([context, cdkDefaults, policy]);
  const template = templates.get(key) ?? Template.fromStack(stackOf(context, cdkDefaults, policy));
  templates.set(key, template);
  return template;
}
