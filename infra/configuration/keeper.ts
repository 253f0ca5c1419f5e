import { Duration, aws_events as events, aws_lambda as lambda } from 'aws-cdk-lib';
import { Construct } from 'constructs';

interface KeeperProps {
  readonly function: lambda.Function;
  /** Full names of the parameters. */
  readonly names: readonly string[];
}

/** How often the keeper runs if no parameter changes, and the longest delay of a run. */
const INTERVAL = Duration.minutes(1);

/**
 * The rule that makes the function of the custom resource the keeper. It runs the function as soon as a parameter changes
 * and every minute, because EventBridge may lose an event, and key sets become stale without one.
 */
export class Keeper extends Construct {
  /** The function, which also serves the custom resource. */
  readonly function: lambda.Function;
  /** The rule that runs the function. */
  readonly rule: events.CfnRule;

  /** @internal */
  constructor(scope: Construct, id: string, { function: fn, names }: KeeperProps) {
    super(scope, id);
    this.function = fn;
    this.rule = new events.CfnRule(this, 'Resource', {
      description: 'Runs the keeper when a parameter changes, and every minute',
      eventPattern: {
        source: ['aws.ssm'],
        'detail-type': ['Parameter Store Change'],
        detail: { name: [...names] },
      },
      scheduleExpression: `rate(${INTERVAL.toMinutes()} minute)`,
      targets: [
        {
          id: 'Keeper',
          arn: fn.functionArn,
          // The next minute brings another event, so a retry is not worth it.
          retryPolicy: { maximumRetryAttempts: 0, maximumEventAgeInSeconds: INTERVAL.toSeconds() },
        },
      ],
    });
    new lambda.CfnPermission(this, 'InvokePermission', {
      action: 'lambda:InvokeFunction',
      functionName: fn.functionArn,
      principal: 'events.amazonaws.com',
      sourceArn: this.rule.attrArn,
    });
  }
}
