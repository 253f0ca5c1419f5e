import type { Question, Verdict } from '../core/verdict.ts';
import { REQUEST_IDS, type Shaped, text } from './shape.ts';

/** https://docs.aws.amazon.com/appsync/latest/devguide/security-authz.html#aws-lambda-authorization */
export const APPSYNC = { authorizationToken: text, requestContext: { apiId: text, ...REQUEST_IDS } };
type AppSyncEvent = Shaped<typeof APPSYNC>;

export interface AppSyncResult {
  readonly isAuthorized: boolean;
  readonly resolverContext?: Readonly<Record<string, string>>;
  /** How long AppSync may cache the result, in seconds. */
  readonly ttlOverride?: number;
}

/** The longest that a result is cached, however long the token lives, in seconds. It is AppSync's own default. */
const MAX_TTL_SECONDS = 300;

const PATH = '/graphql';

/** Lambda authorizer of AppSync. The token comes with or without a scheme, and the decision rests on it alone. */
export const questionFromAppSync = ({
  authorizationToken: token,
  requestContext,
}: AppSyncEvent): Question => ({
  request: {
    method: 'POST',
    path: PATH,
    query: '',
    headers: [['authorization', token]],
    body: new Uint8Array(),
    hidesHeaders: true,
    via: 'appsync',
  },
  ids: requestContext,
  findPath: () => ({ paths: [PATH] }),
  isNameable: true,
});

/** AppSync has only one kind of rejection, Unauthorized. */
export function resultForAppSync(verdict: Verdict): AppSyncResult {
  if (verdict.kind === 'unavailable') throw new Error(verdict.code);
  if (verdict.kind !== 'allow') return { isAuthorized: false, ttlOverride: 0 };
  const { context, expiresInSeconds = 0 } = verdict;
  return {
    isAuthorized: true,
    resolverContext: context,
    ttlOverride: Math.max(0, Math.min(MAX_TTL_SECONDS, expiresInSeconds)),
  };
}
