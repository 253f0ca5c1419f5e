/** CodeDeploy's predefined ways of moving an alias gradually to a new version, as the option `deployment` names them. */
export const GRADUAL_NAMES = [
  'canary10percent5minutes',
  'canary10percent10minutes',
  'canary10percent15minutes',
  'canary10percent30minutes',
  'linear10percentEvery1minute',
  'linear10percentEvery2minutes',
  'linear10percentEvery3minutes',
  'linear10percentEvery10minutes',
] as const;

export type Gradual = (typeof GRADUAL_NAMES)[number];
