import type { Code } from '../lambda/core/codes.ts';
import type { CodeAccount } from './code-accounts/account.ts';
import { REQUEST_ACCOUNTS } from './code-accounts/request-accounts.ts';
import { SERVICE_ACCOUNTS } from './code-accounts/service-accounts.ts';
import { TOKEN_ACCOUNTS } from './code-accounts/token-accounts.ts';

/** The accounts, grouped by what was at fault, in the order of docs/codes.md. */
export const CODE_GROUPS = [
  { id: 'token', accounts: TOKEN_ACCOUNTS },
  { id: 'request', accounts: REQUEST_ACCOUNTS },
  { id: 'service', accounts: SERVICE_ACCOUNTS },
] as const;

/** What docs/codes.md says about each code. A code without an account does not compile. */
export const CODE_ACCOUNTS: Readonly<Record<Code, CodeAccount>> = {
  ...TOKEN_ACCOUNTS,
  ...REQUEST_ACCOUNTS,
  ...SERVICE_ACCOUNTS,
} satisfies Record<Code, CodeAccount>;

/** Where a code is explained, from the top of the repository. */
export const entryInDocs = (code: Code): string => `docs/codes.md#${code}`;
