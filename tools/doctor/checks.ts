import type { Check } from './check.ts';
import { ACCOUNT_CHECKS } from './checks/account.ts';
import { CALL_CHECKS } from './checks/call.ts';
import { CERTIFICATE_CHECKS } from './checks/certificate.ts';
import { DNS_CHECKS } from './checks/dns.ts';
import { KEEPER_CHECKS } from './checks/keeper.ts';
import { KEY_CHECKS } from './checks/keys.ts';
import { MACHINE_CHECKS } from './checks/machine.ts';
import { PARAMETER_CHECKS } from './checks/parameters.ts';
import { STACK_CHECKS } from './checks/stack.ts';
import { WATCH_CHECKS } from './checks/watch.ts';

/** All checks, in the order in which they depend on each other. */
export const CHECKS: readonly Check[] = [
  ...MACHINE_CHECKS,
  ...ACCOUNT_CHECKS,
  ...STACK_CHECKS,
  ...CERTIFICATE_CHECKS,
  ...DNS_CHECKS,
  ...PARAMETER_CHECKS,
  ...KEY_CHECKS,
  ...KEEPER_CHECKS,
  ...WATCH_CHECKS,
  ...CALL_CHECKS,
];

/** The checks that apply to the stack of `npm start`, or to a deployment in AWS. */
export const checksFor = ({ local }: { readonly local: boolean }): readonly Check[] =>
  CHECKS.filter(({ scope }) => scope === 'everywhere' || (scope === 'local') === local);
