import { Annotations, type aws_lambda as lambda, Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { authorizerParts } from './authorizer-parts.ts';
import type { Entry } from './bundle/entries.ts';
import { MachinePool } from './configuration/machine-pool.ts';
import { DemoApi } from './function/demo-api.ts';
import { STACK_DESCRIPTION } from './options/deployment-names.ts';
import type { Options } from './options/options.ts';
import type { PolicyFile } from './options/policy-file.ts';
import type { SynthWarning } from './options/policy-warnings.ts';
import { addOutputs } from './outputs.ts';

interface AuthorizerStackProps {
  readonly options: Options;
  /** Warnings about where the options came from, and about the policy. */
  readonly warnings?: readonly SynthWarning[];
  /** The code of a function: its bundle, or a stand-in in tests that do not need it. */
  readonly codeOf: (entry: Entry) => lambda.Code;
  /** The policy that the options name, already read and judged. */
  readonly policy?: PolicyFile | undefined;
}

/** The app's only stack: the parts of an authorizer, and what a fresh account needs to try it out. */
export class AuthorizerStack extends Stack {
  /** Sentences that say what the stack chose: the priorities of its rules, and subnets of an existing VPC. */
  readonly notes: readonly string[];
  /** Problems of the options that only a lookup in AWS could find. */
  readonly problems: readonly string[];

  constructor(scope: Construct, id: string, props: AuthorizerStackProps) {
    const { options, policy, codeOf } = props;
    super(scope, id, {
      stackName: options.stackName,
      description: STACK_DESCRIPTION,
      ...(options.env ? { env: options.env } : {}),
    });
    const pool = options.cognito && !options.nativeOnly ? this.machinePool(options) : undefined;
    const parts = authorizerParts(this, { options, codeOf, policy: policy?.value, initial: pool?.initial });
    const { configuration, authorizer } = parts.verifier ?? {};
    // Fixed, wherever the construct moves: another id would be another function, and so another ServiceToken, and
    // CloudFormation rejects a changed one.
    const resource = configuration?.function.node.defaultChild as lambda.CfnFunction | undefined;
    resource?.overrideLogicalId('Configuration');
    if (options.demoApi !== undefined && authorizer !== undefined) {
      new DemoApi(this, 'DemoApi', {
        kind: options.demoApi,
        authorizer: authorizer.handler,
        logKeyArn: options.kmsKeyArn,
      });
    }
    this.notes = parts.notes;
    this.problems = parts.problems;
    addOutputs(this, parts.outputs);
    for (const { id, message } of props.warnings ?? []) Annotations.of(this).addWarningV2(id, message);
  }

  private machinePool({ cognitoDomainPrefix, stackName }: Options): MachinePool {
    const pool = new MachinePool(this, 'MachinePool', {
      domainPrefix: cognitoDomainPrefix ?? `${stackName.toLowerCase()}-${this.account}`,
    });
    addOutputs(this, {
      TokenUrl: [pool.tokenUrl, 'Token endpoint of the user pool'],
      ClientId: [pool.clientId, 'The machine client'],
      GetClientSecret: [pool.secretCommand, "Prints the client's secret"],
      GetToken: [pool.tokenCommand, "Gets a token; expects the client's secret in the variable SECRET"],
      DeleteUserPool: [pool.deleteCommand, 'Deletes the user pool, which stays when the stack is deleted'],
    });
    return pool;
  }
}
