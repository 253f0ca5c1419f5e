import { App } from 'aws-cdk-lib';
import { AuthorizerStack } from './authorizer-stack.ts';
import { bundledCode } from './bundled-code.ts';
import { FEATURE_FLAGS } from './feature-flags.ts';
import { formatProblems, parseOptions } from './parse-options.ts';

const app = new App({ context: FEATURE_FLAGS, autoSynth: false });
const parsed = parseOptions(app.node.getAllContext(), process.env);
if (parsed.kind === 'ok') {
  new AuthorizerStack(app, 'AlbJwtAuthorizer', { options: parsed.options, code: bundledCode('alb-handler') });
  app.synth();
} else {
  console.error(formatProblems(parsed.problems));
  process.exitCode = 1;
}
