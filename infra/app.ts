import { App } from 'aws-cdk-lib';
import { AuthorizerStack } from './authorizer-stack.ts';
import { FEATURE_FLAGS } from './feature-flags.ts';
import { bundledCode } from './function/bundled-code.ts';
import { checkByNag } from './nag.ts';
import { formatProblems, parseOptions } from './options/parse-options.ts';
import { disagreements } from './options/policy-agreement.ts';
import { readPolicyFile } from './options/policy-file.ts';

const app = new App({ context: FEATURE_FLAGS, autoSynth: false });
const parsed = parseOptions(app.node.getAllContext(), process.env);
const file: unknown = app.node.tryGetContext('policy');
const read = typeof file === 'string' && file !== '' ? await readPolicyFile(file) : undefined;
const policy = read?.kind === 'ok' ? read.policy : undefined;
const problems = [
  ...(parsed.kind === 'invalid' ? parsed.problems : []),
  ...(read?.kind === 'invalid' ? read.problems : []),
  ...(parsed.kind === 'ok' && policy ? disagreements(policy.document, parsed.options) : []),
];
if (parsed.kind === 'ok' && problems.length === 0) {
  // CDK derives names and tags from construct paths, so two stacks need different ids.
  const { options } = parsed;
  new AuthorizerStack(app, options.stackName, { options, codeOf: bundledCode, policy });
  checkByNag(app);
  app.synth();
} else {
  console.error(formatProblems(problems));
  process.exitCode = 1;
}
