import type { FunctionOutcome } from '../lambda/function-pool.ts';
import { compileWildcard } from '../load-balancer/wildcard.ts';
import { parseObject } from '../parse-object.ts';
import type { ApiKind } from './event.ts';

export type AuthorizerContext = Readonly<Record<string, string>>;

/** What an API does after its authorizer's response. */
export type Ruling =
  | { readonly kind: 'allow'; readonly context: AuthorizerContext }
  | { readonly kind: 'reject'; readonly status: 400 | 401 | 403 | 500; readonly message: string };

/** An authorizer's response, as the API may cache it: `rule` gives the ruling for any method's ARN. */
export type AuthorizerResult = { readonly rule: (arn: string) => Ruling; readonly lasting: boolean };

const reject = (status: 400 | 401 | 403 | 500, message: string): Ruling => ({
  kind: 'reject',
  status,
  message,
});
const UNAUTHORIZED = reject(401, 'Unauthorized');
const FAILED = reject(500, 'Internal Server Error');

export const MISSING_IDENTITY = UNAUTHORIZED;
/** The ruling on a malformed request, which API Gateway rejects without invoking the authorizer. */
export const BAD_REQUEST = reject(400, 'Bad Request');

/**
 * Reads an authorizer's response. The error "Unauthorized", exactly, is a 401; any other error and any malformed
 * response is a 500. Errors are not cached.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-lambda-authorizer-output.html
 */
export function readAuthorizerResult(kind: ApiKind, outcome: FunctionOutcome): AuthorizerResult {
  if (outcome.kind === 'function-error') {
    const ruling = isUnauthorized(outcome) ? UNAUTHORIZED : FAILED;
    return { rule: () => ruling, lasting: false };
  }
  const result = outcome.kind === 'response' ? parseObject(outcome.body) : undefined;
  const context = result && readContext(result.context);
  if (!result || !context) return { rule: () => FAILED, lasting: false };
  if (kind === 'http') {
    const { isAuthorized } = result;
    if (typeof isAuthorized !== 'boolean') return { rule: () => FAILED, lasting: false };
    const ruling: Ruling = isAuthorized ? { kind: 'allow', context } : reject(403, 'Forbidden');
    return { rule: () => ruling, lasting: true };
  }
  const evaluate = compilePolicy(result.policyDocument);
  if (!evaluate || typeof result.principalId !== 'string') return { rule: () => FAILED, lasting: false };
  const allowed: Ruling = { kind: 'allow', context: { ...context, 'principal-id': result.principalId } };
  return {
    rule(arn) {
      const effect = evaluate(arn);
      if (effect === 'allow') return allowed;
      const explicit = effect === 'deny' ? ' with an explicit deny' : '';
      return reject(403, `User is not authorized to access this resource${explicit}`);
    },
    lasting: true,
  };
}

/** Whether an authorizer has rejected a request with the error "Unauthorized". */
export const isUnauthorized = (outcome: FunctionOutcome): boolean =>
  outcome.kind === 'function-error' && parseObject(outcome.body)?.errorMessage === 'Unauthorized';

/** IAM's rule: a deny overrides an allow, and everything that is not allowed is denied. */
function compilePolicy(document: unknown): ((arn: string) => 'allow' | 'deny' | undefined) | undefined {
  const statements = (document as { Statement?: unknown } | undefined)?.Statement;
  if (!Array.isArray(statements)) return undefined;
  const compiled = (statements as Record<string, unknown>[]).map(({ Effect, Action, Resource }) => ({
    effect: Effect === 'Allow' ? 'allow' : 'deny',
    applies: patterns(Action).some((pattern) => pattern.test('execute-api:Invoke')),
    resources: patterns(Resource),
  }));
  return (arn) => {
    const effects = compiled
      .filter(({ applies, resources }) => applies && resources.some((resource) => resource.test(arn)))
      .map(({ effect }) => effect);
    if (effects.includes('deny')) return 'deny';
    return effects.includes('allow') ? 'allow' : undefined;
  };
}

/** IAM has the wildcards of a listener rule, but no backslash to escape them. */
const patterns = (value: unknown): RegExp[] =>
  (Array.isArray(value) ? value : [value]).map((pattern) =>
    compileWildcard(String(pattern).replaceAll('\\', '\\\\'), true),
  );

/** The context, which may contain only strings, numbers and booleans. */
function readContext(context: unknown): AuthorizerContext | undefined {
  if (context === undefined || context === null) return {};
  if (typeof context !== 'object') return undefined;
  const entries = Object.entries(context);
  if (entries.some(([, value]) => !['string', 'number', 'boolean'].includes(typeof value))) return undefined;
  return Object.fromEntries(entries.map(([name, value]) => [name, String(value)]));
}
