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

/** For the function to seed the parameters and to answer, whatever SSM does. */
const TIMEOUT = Duration.minutes(1);

/**
 * How long CloudFormation waits for that answer. Lambda invokes a function that broke off twice more, after one
 * and two minutes. Without a limit of ours it would wait an hour.
 */
const SERVICE_TIMEOUT = Duration.minutes(10);

/**
 * The SSM parameters that hold the configuration. They are the operator's: a custom resource creates those
 * that are missing with their initial values, and nothing here changes or deletes one that is there. A
 * template that had the values would put them back with any change of a tag, an option or a name.
 */
export class Configuration extends Construct {
  readonly path: string;
  /** The ARN of each parameter, for a policy that names them exactly. */
  readonly arns: readonly string[];
  /** CloudFormation's custom resource. Its id and name must stay: a ServiceToken cannot change. */
  readonly function: lambda.Function;
  /** The parameters exist once this does. */
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
      description: 'Creates the SSM parameters that are missing, and changes none',
      code: props.code ?? bundledCode('configuration-handler'),
      statements: [
        new iam.PolicyStatement({
          actions: [
            'ssm:GetParameters',
            'ssm:ListTagsForResource',
            'ssm:PutParameter',
            // Of PutParameter, which tags what it creates.
            'ssm:AddTagsToResource',
          ],
          resources: [...this.arns],
        }),
      ],
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

  /** Names of the parameters that were there before the stack, separated by commas; "none" for none. */
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
    // The shell ends the argument at a single quote, and JSON has another spelling for it.
    return `aws ssm put-parameter --region ${Stack.of(this).region} --cli-input-json '${input.replaceAll("'", '\\u0027')}'`;
  }

  /** A command that deletes the parameters, which no stack does. */
  get deleteCommand(): string {
    const names = NAMES.map((name) => this.nameOf(name)).join(' ');
    return `aws ssm delete-parameters --region ${Stack.of(this).region} --names ${names}`;
  }
}
