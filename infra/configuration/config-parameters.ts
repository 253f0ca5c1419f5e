import { ArnFormat, Stack, aws_ssm as ssm } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { PARAMETERS, type ParameterName } from '../../lambda/contract.ts';

/** What a fresh deployment holds in place of the contract's initial values. */
export type InitialValues = { readonly [name in ParameterName]?: string };

interface ConfigParametersProps {
  /** Prefix of the names, with a leading slash and none at the end. */
  readonly path: string;
  readonly initial?: InitialValues;
}

const NAMES = Object.keys(PARAMETERS) as ParameterName[];

/**
 * The SSM parameters that hold the configuration. Operators edit the values; CloudFormation leaves them
 * alone as long as nothing in the parameter's template changes, but puts the initial value back with any
 * change, were it only of a description or a tag. So the resources have a name, a type and an initial
 * value and never anything else. A value over 4 KB needs `--tier Advanced` when it is put. Initial values
 * that are given here are part of the template: a deploy after one has changed overwrites what was put.
 */
export class ConfigParameters extends Construct {
  readonly path: string;
  /** The ARN of each parameter, for a policy that names them exactly. */
  readonly arns: readonly string[];

  constructor(scope: Construct, id: string, { path, initial = {} }: ConfigParametersProps) {
    super(scope, id);
    this.path = path;
    for (const name of NAMES) {
      const { type, initial: fallback } = PARAMETERS[name];
      new ssm.CfnParameter(this, name, {
        name: this.nameOf(name),
        type,
        value: initial[name] ?? fallback,
        // A policy may grow past 4 KB, and SSM never makes an advanced parameter a standard one again.
        ...(name === 'policy' && initial[name] !== undefined ? { tier: 'Intelligent-Tiering' } : {}),
      });
    }
    this.arns = NAMES.map((name) =>
      Stack.of(this).formatArn({
        service: 'ssm',
        resource: 'parameter',
        resourceName: this.nameOf(name).slice(1),
        arnFormat: ArnFormat.SLASH_RESOURCE_NAME,
      }),
    );
  }

  /** The full name of a parameter. */
  nameOf(name: ParameterName): string {
    return `${this.path}/${name}`;
  }

  /**
   * A command that sets a parameter. It is JSON because version 1 of the AWS CLI fetches a `--value` that
   * begins with https:// and stores what it finds there.
   */
  putCommand(name: ParameterName, example: string): string {
    const input = JSON.stringify({ Name: this.nameOf(name), Value: example, Overwrite: true });
    return `aws ssm put-parameter --region ${Stack.of(this).region} --cli-input-json '${input}'`;
  }
}
