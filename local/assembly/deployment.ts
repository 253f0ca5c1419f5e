import type { Action, ListenerRule } from '../load-balancer/listener-rules.ts';

/** What the local stack runs: the parts of a synthesized template that it stands in for. */
export interface Deployment {
  readonly stackName: string;
  /** The stack's ARN. */
  readonly stackId: string;
  readonly region: string;
  readonly account: string;
  readonly listener: {
    readonly rules: readonly ListenerRule[];
    readonly defaultAction: Action;
  };
  /** The load balancer's `routing.http.drop_invalid_header_fields.enabled`. */
  readonly dropInvalidHeaderFields: boolean;
  /** By ARN. */
  readonly targetGroups: ReadonlyMap<string, TargetGroup>;
  readonly lambda: LambdaFunction;
  /** The function that API Gateway may invoke, if there is one. */
  readonly authorizer?: LambdaFunction | undefined;
  /** The function behind the custom resource that seeds the parameters; it is also the keeper. */
  readonly configuration: LambdaFunction;
  readonly parameters: readonly SeedParameter[];
}

export interface TargetGroup {
  readonly arn: string;
  readonly multiValueHeaders: boolean;
}

export interface LambdaFunction {
  readonly name: string;
  /** The ARN to invoke: the alias's, if the template has one. */
  readonly arn: string;
  /** `$LATEST`, or the version that the alias points to. */
  readonly version: string;
  /** The asset's directory, with the code. */
  readonly directory: string;
  /** `FILE.EXPORT` */
  readonly handler: string;
  readonly runtime: string;
  readonly timeoutSeconds: number;
  readonly memoryMegabytes: number;
  readonly environment: Readonly<Record<string, string>>;
  readonly logGroup: string;
}

/** An SSM parameter that a deploy creates if it is missing. */
export interface SeedParameter {
  readonly name: string;
  readonly type: 'String' | 'StringList';
  readonly value: string;
}
