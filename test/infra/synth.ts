import { App, aws_lambda as lambda, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { AuthorizerStack } from '../../infra/authorizer-stack.ts';
import { FEATURE_FLAGS } from '../../infra/feature-flags.ts';
import type { Options } from '../../infra/options/options.ts';
import { parseOptions } from '../../infra/options/parse-options.ts';
import type { PolicyFile } from '../../infra/options/policy-file.ts';
import { CONFIGURATION_RESOURCE } from '../../lambda/contract.ts';

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

interface AppSettings {
  readonly context?: Record<string, unknown>;
  readonly cdkDefaults?: Record<string, string>;
  readonly policy?: PolicyFile | undefined;
  /**
   * Whether CDK validates the templates, and a synth throws for what it finds. The CLI does not let it throw, so other
   * tests would not see the result, and validation would take half of the time of a synth.
   */
  readonly failing?: boolean;
}

/** The app of some context, with a stand-in for each function's bundle. */
export function appOf({ context = {}, cdkDefaults = {}, policy, failing = false }: AppSettings): App {
  const cli = {
    '@aws-cdk/core:failSynthOnValidationErrors': failing,
    // Stack traces of constructs are only for messages, and jest maps each of their lines to the sources.
    'aws:cdk:disable-creation-stack-traces': true,
  };
  const app = new App({
    builtinCloudFormationValidation: failing,
    context: { ...context, ...FEATURE_FLAGS, ...cli },
  });
  const options = optionsOf(context, cdkDefaults);
  new AuthorizerStack(app, options.stackName, {
    options,
    codeOf: () => lambda.Code.fromInline('stand-in'),
    policy,
  });
  return app;
}

/** Its stack. */
export function stackOf(
  context: Record<string, unknown> = {},
  cdkDefaults: Record<string, string> = {},
  policy?: PolicyFile,
): Stack {
  const stack = appOf({ context, cdkDefaults, policy }).node.children.find(Stack.isStack);
  if (stack === undefined) throw new Error('The app has no stack.');
  return stack;
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

/** The initial values of the parameters in a template's custom resource. */
export function seedsOf(template: Template): {
  readonly Path: string;
  readonly Parameters: Readonly<Record<string, unknown>>;
  readonly StringLists: readonly string[];
} {
  const [resource] = Object.values(template.findResources(CONFIGURATION_RESOURCE.type));
  return resource?.Properties;
}
