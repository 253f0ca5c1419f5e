import {
  ArnFormat,
  CustomResource,
  Duration,
  aws_iam as iam,
  type aws_lambda as lambda,
  type aws_logs as logs,
  Stack,
} from 'aws-cdk-lib';
import { Construct } from 'constructs';
import {
  CONFIGURATION_RESOURCE,
  DEFAULT_SERVICE,
  ENVIRONMENT,
  PARAMETERS,
  type ParameterName,
  STACK_TAG,
} from '../../lambda/contract.ts';
import { bundledCode } from '../function/bundled-code.ts';
import { bundledFunction } from '../function/bundled-function.ts';
import { FUNCTION_OPTIONS } from '../options/groups/function.ts';

/** What a fresh deployment holds in place of the contract's initial values. */
export type InitialValues = { readonly [name in ParameterName]?: string };

export interface ConfigurationProps {
  /** Prefix of the parameters, with a leading slash and none at the end. */
  readonly path: string;
  /** Initial values of parameters, other than the contract's. */
  readonly initial?: InitialValues;
  /** The function's code; the bundle of lambda/ unless it is given. */
  readonly code?: lambda.Code;
  /** `service` of its log lines. */
  readonly service?: string;
  readonly logRetention?: logs.RetentionDays;
}

const NAMES = Object.keys(PARAMETERS) as ParameterName[];

/** The function's time limit, within which it seeds the parameters and answers. */
const TIMEOUT = Duration.minutes(1);

/**
 * How long CloudFormation waits for the answer: long enough for the two retries that Lambda makes, one and two
 * minutes after a failure. The default is an hour.
 */
const SERVICE_TIMEOUT = Duration.minutes(10);

/** What creating parameters needs. IAM, too, refuses to change an existing one. */
function seedingStatements(arns: readonly string[]): iam.PolicyStatement[] {
  const resources = [...arns];
  return [
    new iam.PolicyStatement({
      actions: ['ssm:GetParameters', 'ssm:ListTagsForResource', 'ssm:PutParameter'],
      resources,
    }),
    // https://docs.aws.amazon.com/systems-manager/latest/userguide/parameter-store-policy-conditions.html
    new iam.PolicyStatement({
      effect: iam.Effect.DENY,
      actions: ['ssm:PutParameter'],
      resources,
      conditions: { StringEquals: { 'ssm:Overwrite': 'true' } },
    }),
    // PutParameter needs it to tag what it creates.
    new iam.PolicyStatement({
      actions: ['ssm:AddTagsToResource'],
      resources,
      conditions: { 'ForAllValues:StringEquals': { 'aws:TagKeys': [STACK_TAG] } },
    }),
  ];
}

/**
 * The SSM parameters that hold the configuration. They belong to the operator: a custom resource creates the
 * missing ones with their initial values, and nothing here changes or deletes an existing one. If the template
 * owned the values, any change of a tag, an option or a name would restore them.
 */
export class Configuration extends Construct {
  readonly path: string;
  /** The ARN of each parameter, for a policy that names them exactly. */
  readonly arns: readonly string[];
  /** The function behind the custom resource. Its id and name must not change, because a ServiceToken cannot. */
  readonly function: lambda.Function;
  /** Depend on this to start after the parameters exist. */
  readonly seeded: CustomResource;

  constructor(scope: Construct, id: string, props: ConfigurationProps) {
    super(scope, id);
    const { path, initial = {} } = props;
    this.path = path;
    this.arns = NAMES.map((name) =>
      Stack.of(this).formatArn({
        service: 'ssm',
        resource: 'parameter',
        resourceName: this.nameOf(name).slice(1),
        arnFormat: ArnFormat.SLASH_RESOURCE_NAME,
      }),
    );
    this.function = bundledFunction(this, {
      entry: 'configuration-handler',
      description: 'Creates missing SSM parameters and never changes an existing one',
      code: props.code ?? bundledCode('configuration-handler'),
      statements: seedingStatements(this.arns),
      memorySize: 256,
      timeout: TIMEOUT,
      logRetention: props.logRetention ?? FUNCTION_OPTIONS.logRetentionDays.default,
      environment: { [ENVIRONMENT.service]: props.service ?? DEFAULT_SERVICE },
    });
    this.seeded = new CustomResource(this, 'Parameters', {
      resourceType: CONFIGURATION_RESOURCE.type,
      serviceToken: this.function.functionArn,
      serviceTimeout: SERVICE_TIMEOUT,
      properties: {
        Path: path,
        Parameters: Object.fromEntries(
          NAMES.map((name) => [name, initial[name] ?? PARAMETERS[name].initial]),
        ),
        StringLists: NAMES.filter((name) => PARAMETERS[name].type === 'StringList'),
      },
    });
  }

  /** The full name of a parameter. */
  nameOf(name: ParameterName): string {
    return `${this.path}/${name}`;
  }

  /** Names of the parameters that existed before the stack, separated by commas, or "none". */
  get adopted(): string {
    return this.seeded.getAttString(CONFIGURATION_RESOURCE.adopted);
  }

  /**
   * A command that sets a parameter. It is JSON because version 1 of the AWS CLI fetches a `--value` that
   * begins with https:// and stores what it finds there.
   */
  putCommand(name: ParameterName, value: string): string {
    // A policy may grow past the 4 KB of a standard parameter.
    const tier = name === 'policy' ? { Tier: 'Intelligent-Tiering' } : {};
    const input = JSON.stringify({ Name: this.nameOf(name), Value: value, Overwrite: true, ...tier });
    // A single quote would end the shell's argument; JSON can spell it without one.
    return `aws ssm put-parameter --region ${Stack.of(this).region} --cli-input-json '${input.replaceAll("'", '\\u0027')}'`;
  }

  /** A command that deletes the parameters; deleting the stack does not. */
  get deleteCommand(): string {
    const names = NAMES.map((name) => this.nameOf(name)).join(' ');
    return `aws ssm delete-parameters --region ${Stack.of(this).region} --names ${names}`;
  }
}
