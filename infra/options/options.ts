import { CUSTOMER_OPTIONS } from './groups/customers.ts';
import { DEMO_OPTIONS } from './groups/demo.ts';
import { DEPLOYMENT_OPTIONS } from './groups/deployment.ts';
import { FRONT_DOOR_OPTIONS } from './groups/front-door.ts';
import { FUNCTION_OPTIONS } from './groups/function.ts';
import { LOAD_BALANCER_OPTIONS } from './groups/load-balancer.ts';
import { NATIVE_OPTIONS } from './groups/native.ts';
import { NETWORK_OPTIONS } from './groups/network.ts';
import { OPERATIONS_OPTIONS } from './groups/operations.ts';
import { VERIFIED_ACCESS_OPTIONS } from './groups/verified-access.ts';
import type { Option } from './option.ts';
import type { Parse } from './parse.ts';

/** Every context value (`-c name=value`) the app takes. The table of docs/options.md is tested against it. */
export const OPTIONS = {
  ...DEPLOYMENT_OPTIONS,
  ...NETWORK_OPTIONS,
  ...LOAD_BALANCER_OPTIONS,
  ...FUNCTION_OPTIONS,
  ...OPERATIONS_OPTIONS,
  ...FRONT_DOOR_OPTIONS,
  ...NATIVE_OPTIONS,
  ...VERIFIED_ACCESS_OPTIONS,
  ...CUSTOMER_OPTIONS,
  ...DEMO_OPTIONS,
} as const satisfies Record<string, Option>;

export type OptionName = keyof typeof OPTIONS;

type Value<O extends Option> =
  | (O['parse'] extends Parse<infer T> ? T : never)
  | (undefined extends O['default'] ? undefined : never);

/** The options' values, each well-formed by itself. */
export type OptionValues = {
  readonly [Name in OptionName]: Value<(typeof OPTIONS)[Name]>;
};

/** Whether there is a certificate, so that the stack's own listener is HTTPS. */
export function isSecure({
  certificateArn,
  domainName,
}: Pick<OptionValues, 'certificateArn' | 'domainName'>): boolean {
  return certificateArn !== undefined || domainName !== undefined;
}

/** Account and region of the synth, as the CDK CLI derives them from the caller's credentials. */
export interface Environment {
  readonly account: string;
  readonly region: string;
}

export type Options = OptionValues & {
  /** As given, or made from the stack's name. */
  readonly configPath: string;
  /** Dimension of this deployment's metrics. */
  readonly service: string;
  /** Set where a lookup needs it; otherwise the template fits any account and region. */
  readonly env: Environment | undefined;
};
