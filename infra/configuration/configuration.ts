import {
  ArnFormat,
  type CustomResource,
  Duration,
  aws_iam as iam,
  type aws_lambda as lambda,
  Stack,
} from 'aws-cdk-lib';
import { Construct, DependencyGroup, type IConstruct, type IDependable } from 'constructs';
import {
  CONFIGURATION_RESOURCE,
  ENVIRONMENT,
  PARAMETERS,
  type ParameterName,
} from '../../lambda/contract.ts';
import { bundledCode } from '../function/bundled-code.ts';
import { bundledFunction } from '../function/bundled-function.ts';
import { checkConfiguration } from './check-configuration.ts';
import type { ConfigurationProps } from './configuration-props.ts';
import { serviceProblems } from '../options/service-problems.ts';
import { initialProblems } from './initial-problems.ts';
import { FUNCTION_OPTIONS } from '../options/groups/function.ts';
import { Keeper } from './keeper.ts';
import { readersPathOf } from './readers-path.ts';
import { seededParameters, seedingStatements } from './seeded-parameters.ts';
import { SharedSecrets } from './shared-secrets.ts';
import { SnapshotBucket } from './snapshot-bucket.ts';
import { SnapshotEndpoint } from './snapshot-endpoint.ts';

const NAMES = Object.keys(PARAMETERS) as ParameterName[];

/** The function's time limit: for creating the parameters and responding, or for reading them and the key sets. */
const TIMEOUT = Duration.minutes(1);

/**
 * The SSM parameters that hold the configuration. They belong to the operator: a custom resource creates missing
 * parameters with their initial values, and nothing here changes or deletes an existing one. If the template
 * owned the values, any change to a tag, an option or a name would reset them.
 *
 * The function of the custom resource is also the keeper: an EventBridge rule runs it, it reads the parameters and the key
 * sets, and it writes one snapshot of them for all verifiers. The bucket exists without the keeper, too, so that turning the
 * keeper on or off changes a rule and an environment variable, but no role or policy that a running version depends on.
 */
export class Configuration extends Construct {
  /** Prefix of the parameters. */
  readonly path: string;
  /** `service` of its metrics, and by default of its verifiers' metrics. */
  readonly service: string;
  /** The ARN of each parameter, for an exact IAM policy. */
  readonly arns: readonly string[];
  /**
   * The function behind the custom resource. Its id and name must not change, because CloudFormation rejects a changed
   * ServiceToken.
   */
  readonly function: lambda.Function;
  /** The keeper, unless it is turned off. */
  readonly keeper: Keeper | undefined;
  /** The custom resource that creates the parameters. */
  readonly seeded: CustomResource;
  /** The bucket of the snapshot, which the keeper writes and the verifiers read. */
  readonly snapshot: SnapshotBucket;
  /** The shared secrets, if `sharedSecrets` is true. */
  readonly secrets: SharedSecrets | undefined;
  /** Depend on this to start only when the parameters and the snapshot exist and can be reached. */
  readonly ready: IDependable;
  /** Environment variables that the keeper and the verifiers have in common. */
  readonly environment: Readonly<Record<string, string>>;
  /** The policy that lets the keeper use the KMS key of the snapshot's bucket, if it has one. */
  private readonly keyOfKeeper: IConstruct | undefined;

  constructor(scope: Construct, id: string, props: ConfigurationProps) {
    super(scope, id);
    const { path, keeper = true, sharedSecrets = false, egress = true, routes, keyArn } = props;
    const { service, logRetention: logRetentionDays, initial } = props;
    checkConfiguration(this, {
      path,
      options: { keeper, sharedSecrets, logRetentionDays, kmsKeyArn: keyArn },
      egress,
      problems: [...serviceProblems(service), ...initialProblems(initial)],
    });
    this.path = path;
    this.service = service ?? path.slice(1);
    this.arns = NAMES.map((name) =>
      Stack.of(this).formatArn({
        service: 'ssm',
        resource: 'parameter',
        resourceName: this.nameOf(name).slice(1),
        arnFormat: ArnFormat.SLASH_RESOURCE_NAME,
      }),
    );
    this.snapshot = new SnapshotBucket(this, 'Snapshot', {
      configPath: path,
      readersPath: readersPathOf(this),
      keyArn,
    });
    this.secrets = keeper && sharedSecrets ? new SharedSecrets(this, 'Secrets') : undefined;
    this.environment = {
      [ENVIRONMENT.configPath]: path,
      ...(keeper ? { [ENVIRONMENT.snapshotUrl]: this.snapshot.url } : {}),
      ...(this.secrets ? { [ENVIRONMENT.secretsUrl]: this.secrets.url } : {}),
      [ENVIRONMENT.snapshotOwner]: Stack.of(this).account,
      [ENVIRONMENT.egress]: String(egress),
    };
    this.function = this.createFunction(props);
    const { role } = this.function;
    if (role !== undefined) {
      this.snapshot.guard(role);
      this.keyOfKeeper = this.snapshot.grantKey(role, 'kms:GenerateDataKey', 'kms:Decrypt');
      this.secrets?.guard({ keeper: role, readersPath: this.snapshot.readersPath });
    }
    this.seeded = seededParameters(this, 'Parameters', {
      path,
      initial: initial ?? {},
      function: this.function,
      snapshot: this.snapshot,
      secretsUrl: this.secrets?.url,
      keyArn,
      keeper,
    });
    if (this.secrets !== undefined) this.seeded.node.addDependency(this.secrets);
    const ready = new DependencyGroup(this.seeded);
    if (routes !== undefined) {
      const { snapshot, secrets } = this;
      ready.add(new SnapshotEndpoint(this, 'Endpoint', { ...routes, bucket: snapshot, secrets }));
    }
    this.ready = ready;
    const names = NAMES.map((name) => this.nameOf(name));
    this.keeper = keeper ? new Keeper(this, 'Keeper', { function: this.function, names }) : undefined;
    // CloudFormation removes the rule before the custom resource empties the bucket, so no run writes a snapshot after that.
    this.keeper?.node.addDependency(this.seeded);
  }

  private createFunction({ code, logRetention, keyArn }: ConfigurationProps): lambda.Function {
    return bundledFunction(this, {
      entry: 'configuration-handler',
      description: 'Creates missing SSM parameters, changes no existing one, and keeps the snapshot of them',
      code: code ?? bundledCode('configuration-handler'),
      statements: [...seedingStatements(this.arns), ...this.snapshot.keeperStatements()],
      memorySize: 256,
      timeout: TIMEOUT,
      logRetention: logRetention ?? FUNCTION_OPTIONS.logRetentionDays.default,
      logKeyArn: keyArn,
      environment: { ...this.environment, [ENVIRONMENT.service]: this.service },
    });
  }

  /** Lets an operator or a pipeline read the parameters and their history. */
  grantReadParameters(grantee: iam.IGrantable): iam.Grant {
    return this.grant(grantee, 'ssm:GetParameter', 'ssm:GetParameters', 'ssm:GetParameterHistory');
  }

  /** Lets an operator or a pipeline change the parameters, and so decide whose tokens are accepted. */
  grantWriteParameters(grantee: iam.IGrantable): iam.Grant {
    return this.grant(grantee, 'ssm:PutParameter');
  }

  /** Lets an operator or a pipeline run the keeper, whose response says what is in force and what it rejects. */
  grantRunKeeper(grantee: iam.IGrantable): iam.Grant {
    return this.function.grantInvoke(grantee);
  }

  private grant(grantee: iam.IGrantable, ...actions: string[]): iam.Grant {
    return iam.Grant.addToPrincipal({ grantee, actions, resourceArns: [...this.arns], scope: this });
  }

  /**
   * Lets a verifier use what its own policy does not name: the KMS keys of the buckets, and the shared secrets.
   *
   * @internal
   */
  grantRead(reader: iam.IRole): void {
    const granted = this.snapshot.grantKey(reader, 'kms:Decrypt');
    // The keeper may write only once verifiers can read. A verifier in another stack is deployed after this whole stack.
    if (granted !== undefined && Stack.of(reader) === Stack.of(this)) {
      this.keyOfKeeper?.node.addDependency(granted);
    }
    this.secrets?.grantRead(reader);
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

  /** A command that runs the keeper, with an empty event, and prints its response. */
  get runCommand(): string {
    return `aws lambda invoke --region ${Stack.of(this).region} --function-name ${this.function.functionName} /dev/stdout`;
  }

  /** A command that deletes the parameters, which stay when the stack is deleted. */
  get deleteCommand(): string {
    const names = NAMES.map((name) => this.nameOf(name)).join(' ');
    return `aws ssm delete-parameters --region ${Stack.of(this).region} --names ${names}`;
  }
}
