import type { Check } from './check.ts';
import { ACCOUNT_CHECKS } from './checks/account.ts';
import { CALL_CHECKS } from './checks/call.ts';
import { CONFIGURATION_CHECKS } from './checks/configuration.ts';
import { FRONT_DOOR_CHECKS } from './checks/front-door.ts';
import { KEEPER_CHECKS } from './checks/keeper.ts';
import { MACHINE_CHECKS } from './checks/machine.ts';
import { STACK_CHECKS } from './checks/stack.ts';
import { WATCH_CHECKS } from './checks/watch.ts';

/** All checks, in the order in which things depend on one another. */
export const CHECKS: readonly Check[] = [
  ...MACHINE_CHECKS,
  ...ACCOUNT_CHECKS,
  ...STACK_CHECKS,
  ...FRONT_DOOR_CHECKS,
  ...CONFIGURATION_CHECKS,
  ...KEEPER_CHECKS,
  ...WATCH_CHECKS,
  ...CALL_CHECKS,
];

/** Those that mean something for the stack of `npm start`, or for a deployment in AWS. */
export const checksFor = ({ local }: { readonly local: boolean }): readonly Check[] =>
  CHECKS.filter(({ scope }) => scope === 'everywhere' || (scope === 'local') === local);
