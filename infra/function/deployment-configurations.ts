import { aws_codedeploy as codedeploy } from 'aws-cdk-lib';
import type { Gradual } from '../options/gradual-names.ts';

const Config = codedeploy.LambdaDeploymentConfig;

/** CodeDeploy's predefined configurations, by the option's values. */
export const GRADUAL: Readonly<Record<Gradual, codedeploy.ILambdaDeploymentConfig>> = {
  canary10percent5minutes: Config.CANARY_10PERCENT_5MINUTES,
  canary10percent10minutes: Config.CANARY_10PERCENT_10MINUTES,
  canary10percent15minutes: Config.CANARY_10PERCENT_15MINUTES,
  canary10percent30minutes: Config.CANARY_10PERCENT_30MINUTES,
  linear10percentEvery1minute: Config.LINEAR_10PERCENT_EVERY_1MINUTE,
  linear10percentEvery2minutes: Config.LINEAR_10PERCENT_EVERY_2MINUTES,
  linear10percentEvery3minutes: Config.LINEAR_10PERCENT_EVERY_3MINUTES,
  linear10percentEvery10minutes: Config.LINEAR_10PERCENT_EVERY_10MINUTES,
};
