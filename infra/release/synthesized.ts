import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  App,
  DefaultStackSynthesizer,
  type IReusableStackSynthesizer,
  aws_lambda as lambda,
} from 'aws-cdk-lib';
import { AuthorizerStack } from '../authorizer-stack.ts';
import { FEATURE_FLAGS } from '../feature-flags.ts';
import type { Options } from '../options/options.ts';
import { formatProblems, parseOptions } from '../options/parse-options.ts';
import type { Sections } from './conditions.ts';
import { PLACE, SUBNETS, VPC_RANGE } from './offered-options.ts';

/** The app's stack with these options. In place of a function's code it has the name of the bundle. */
export function synthesized(context: Readonly<Record<string, string>>): Sections {
  const { account, region } = PLACE;
  const defaults = { CDK_DEFAULT_ACCOUNT: account, CDK_DEFAULT_REGION: region };
  const parsed = parseOptions(context, context.vpcId === undefined ? {} : defaults);
  if (parsed.kind === 'invalid') throw new Error(formatProblems(parsed.problems));
  const outdir = mkdtempSync(join(tmpdir(), 'release-'));
  try {
    return templateOf(parsed.options, context, outdir);
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
}

function templateOf(options: Options, context: Readonly<Record<string, string>>, outdir: string): Sections {
  const app = new App({
    context: { ...FEATURE_FLAGS, ...SILENT, ...lookedUp(context) },
    outdir,
    // The cast is for exactOptionalPropertyTypes, which CDK's declarations don't compile under.
    defaultStackSynthesizer: new DefaultStackSynthesizer({
      generateBootstrapVersionRule: false,
    }) as IReusableStackSynthesizer,
  });
  const stack = new AuthorizerStack(app, options.stackName, {
    options,
    codeOf: (entry) => lambda.Code.fromInline(entry),
  });
  if (stack.problems.length > 0) throw new Error(formatProblems(stack.problems));
  return app.synth().getStackByName(options.stackName).template as Sections;
}

/** Validation errors concern a single deployment of the app, so they do not stop this synth. */
const SILENT = { '@aws-cdk/core:failSynthOnValidationErrors': false };

/** The result of the CDK's VPC lookup: a VPC with the subnets that the options name. */
function lookedUp({ vpcId, internal }: Readonly<Record<string, string>>): Record<string, unknown> {
  if (vpcId === undefined) return {};
  const { account, region } = PLACE;
  const key = `vpc-provider:account=${account}:filter.vpc-id=${vpcId}:region=${region}:returnAsymmetricSubnets=true`;
  const type = internal === 'true' ? 'Isolated' : 'Public';
  const subnets = SUBNETS.map((subnetId, index) => ({
    subnetId,
    cidr: `10.99.${index}.0/24`,
    availabilityZone: `${region}${'ab'[index]}`,
    routeTableId: 'rtb-0aaaaaaaaaaaaaaa1',
  }));
  const groups = [{ name: type, type, subnets }];
  return { [key]: { vpcId, vpcCidrBlock: VPC_RANGE, availabilityZones: [], subnetGroups: groups } };
}
