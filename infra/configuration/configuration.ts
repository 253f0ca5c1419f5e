import {
  ArnFormat,
  type CustomResource,
  Duration,
  type aws_iam as iam,
  type aws_lambda as lambda,
  type aws_logs as logs,
  Stack,
} from 'aws-cdk-lib';
import { Construct, DependencyGroup, type IConstruct, type IDependable } from 'constructs';
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
import { Keeper } from './keeper.ts';
import { type InitialValues, seededParameters, seedingStatements } from './seeded-parameters.ts';
import { SharedSecrets } from './shared-secrets.ts';
import { SnapshotBucket } from './snapshot-bucket.ts';
import { SnapshotEndpoint, type SnapshotRoutes } from './snapshot-endpoint.ts';

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
  /** KMS key of the log group and of the snapshot's bucket; AWS's own unless it is given. */
  readonly keyArn?: string | undefined;
  /** Whether the keeper runs and verifiers read its snapshot; true unless it is given. */
  readonly keeper?: boolean;
  /** Whether the keeper makes secrets that all verifiers share, which takes the keeper; false unless it is given. */
  readonly sharedSecrets?: boolean;
  /** Whether verifiers reach key endpoints; true unless it is given. */
  readonly egress?: boolean;
  /** Gives verifiers in a VPC a way to the snapshot. */
  readonly routes?: SnapshotRoutes | undefined;
}

const NAMES = Object.keys(PARAMETERS) as ParameterName[];

/** The function's time limit, within which it seeds the parameters and answers, or reads them and the key sets. */
const TIMEOUT = Duration.minutes(1);

/**
 * The SSM parameters that hold the configuration. They belong to the operator: a custom resource creates the
 * missing ones with their initial values, and nothing here changes or deletes an existing one. If the template
 * owned the values, any change of a tag, an option or a name would restore them.
 *
 * The function of the custom resource is the keeper, too: by a rule it reads the parameters and the key sets, and
 * writes one snapshot of them for all verifiers. Without the keeper the bucket is there all the same, so that turning
 * it on and off changes a rule and an environment variable, and no role or policy that a running version depends on.
 */
export class Configuration extends Construct {
  readonly path: string;
  /** The ARN of each parameter, for a policy that names them exactly. */
  readonly arns: readonly string[];
  /** The function behind the custom resource. Its id and name must not change, because a ServiceToken cannot. */
  readonly function: lambda.Function;
  /** Absent where it is turned off. */
  readonly keeper: Keeper | undefined;
  readonly seeded: CustomResource;
  readonly snapshot: SnapshotBucket;
  /** Absent where they are turned off. */
  readonly secrets: SharedSecrets | undefined;
  /** Depend on this to start after the parameters exist, and the snapshot with a way to it. */
  readonly ready: IDependable;
  /** What the keeper and the verifiers find in their environment alike. */
  readonly environment: Readonly<Record<string, string>>;
  /** What lets the keeper use the KMS key of the snapshot's bucket, if that has one. */
  private readonly keyOfKeeper: IConstruct | undefined;

  constructor(scope: Construct, id: string, props: ConfigurationProps) {
    super(scope, id);
    const { path, keeper = true, sharedSecrets = false, egress = true, routes, keyArn } = props;
    this.path = path;
    this.arns = NAMES.map((name) =>
      Stack.of(this).formatArn({
        service: 'ssm',
        resource: 'parameter',
        resourceName: this.nameOf(name).slice(1),
        arnFormat: ArnFormat.SLASH_RESOURCE_NAME,
      }),
    );
    this.snapshot = new SnapshotBucket(this, 'Snapshot', { configPath: path, keyArn });
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
      initial: props.initial ?? {},
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
    // The rule is removed before the custom resource empties the bucket, so no run writes a snapshot after that.
    this.keeper?.node.addDependency(this.seeded);
  }

  private createFunction({ code, service, logRetention, keyArn }: ConfigurationProps): lambda.Function {
    return bundledFunction(this, {
      entry: 'configuration-handler',
      description: 'Creates missing SSM parameters, changes no existing one, and keeps the snapshot of them',
      code: code ?? bundledCode('configuration-handler'),
      statements: [...seedingStatements(this.arns), ...this.snapshot.keeperStatements()],
      memorySize: 256,
      timeout: TIMEOUT,
      logRetention: logRetention ?? FUNCTION_OPTIONS.logRetentionDays.default,
      logKeyArn: keyArn,
      environment: { ...this.environment, [ENVIRONMENT.service]: service ?? DEFAULT_SERVICE },
    });
  }

  /** Lets a verifier use what its own policy does not name: the keys of the buckets, and the shared secrets. */
  grantRead(reader: iam.IRole): void {
    const granted = this.snapshot.grantKey(reader, 'kms:Decrypt');
    // What the keeper can write, verifiers can read.
    if (granted !== undefined) this.keyOfKeeper?.node.addDependency(granted);
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

  /** A command that runs the keeper and prints its answer; without a payload the event is an empty one. */
  get runCommand(): string {
    return `aws lambda invoke --region ${Stack.of(this).region} --function-name ${this.function.functionName} /dev/stdout`;
  }

  /** A command that deletes the parameters; deleting the stack does not. */
  get deleteCommand(): string {
    const names = NAMES.map((name) => this.nameOf(name)).join(' ');
    return `aws ssm delete-parameters --region ${Stack.of(this).region} --names ${names}`;
  }
}
