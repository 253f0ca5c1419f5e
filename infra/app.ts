import { App } from 'aws-cdk-lib';
import { AuthorizerStack } from './authorizer-stack.ts';
import { FEATURE_FLAGS } from './feature-flags.ts';
import { bundledCode } from './function/bundled-code.ts';
import { checkByNag } from './nag.ts';
import { formatProblems, type ParsedOptions, parseOptions } from './options/parse-options.ts';
import { disagreements } from './options/policy-agreement.ts';
import { readPolicyFile } from './options/policy-file.ts';
import { policyWarnings } from './options/policy-warnings.ts';
import { readNamedStage } from './options/stage-file.ts';

const app = new App({ context: FEATURE_FLAGS, autoSynth: false });
const context: Readonly<Record<string, unknown>> = app.node.getAllContext();
const named = readNamedStage(context.stage);
const stage = named?.kind === 'ok' ? named.stage : undefined;
// Without the stage's file its options are unknown, and so are contradictions.
const parsed =
  named?.kind === 'invalid'
    ? { kind: 'invalid' as const, problems: named.problems }
    : parseOptions(context, process.env, stage);
const file: unknown = context.policy ?? stage?.values.policy;
const read = typeof file === 'string' && file !== '' ? await readPolicyFile(file) : undefined;
const policy = read?.kind === 'ok' ? read.policy : undefined;
const problems = [
  ...(parsed.kind === 'invalid' ? parsed.problems : []),
  ...(read?.kind === 'invalid' ? read.problems : []),
  ...(parsed.kind === 'ok' && policy ? disagreements(policy.document, parsed.options) : []),
];
const stack = parsed.kind === 'ok' && problems.length === 0 ? await stackOf(parsed) : undefined;
problems.push(...(stack?.problems ?? []));
if (stack !== undefined && problems.length === 0) {
  checkByNag(app);
  app.synth();
  // Not as annotations: the CLI shows those of this level only if there are no warnings or errors.
  for (const note of stack.notes) console.error(note);
} else {
  console.error(formatProblems(problems));
  process.exitCode = 1;
}

async function stackOf({
  options,
  warnings,
}: Extract<ParsedOptions, { readonly kind: 'ok' }>): Promise<AuthorizerStack> {
  const besideStage = warnings.map((message, index) => ({
    id: `alb-jwt-authorizer:beside-stage-${index}`,
    message,
  }));
  const ofPolicy = policy === undefined ? [] : await policyWarnings(policy, options);
  const props = { options, warnings: [...besideStage, ...ofPolicy], codeOf: bundledCode, policy };
  // CDK derives names and tags from construct paths, so two stacks need different ids.
  return new AuthorizerStack(app, options.stackName, props);
}
