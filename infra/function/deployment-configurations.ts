import { aws_codedeploy as codedeploy } from 'aws-cdk-lib';

const Config = codedeploy.LambdaDeploymentConfig;

/** How CodeDeploy can move the alias to a new version bit by bit: its predefined configurations, by the option's values. */
export const GRADUAL = {
  canary10percent5minutes: Config.CANARY_10PERCENT_5MINUTES,
  canary10percent10minutes: Config.CANARY_10PERCENT_10MINUTES,
  canary10percent15minutes: Config.CANARY_10PERCENT_15MINUTES,
  canary10percent30minutes: Config.CANARY_10PERCENT_30MINUTES,
  linear10percentEvery1minute: Config.LINEAR_10PERCENT_EVERY_1MINUTE,
  linear10percentEvery2minutes: Config.LINEAR_10PERCENT_EVERY_2MINUTES,
  linear10percentEvery3minutes: Config.LINEAR_10PERCENT_EVERY_3MINUTES,
  linear10percentEvery10minutes: Config.LINEAR_10PERCENT_EVERY_10MINUTES,
} as const satisfies Record<string, codedeploy.ILambdaDeploymentConfig>;

export type Gradual = keyof typeof GRADUAL;

export const GRADUAL_NAMES = Object.keys(GRADUAL) as Gradual[];
