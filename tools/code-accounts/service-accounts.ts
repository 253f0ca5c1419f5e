import type { Code } from '../../lambda/core/codes.ts';
import type { CodeAccount } from './account.ts';

/** Codes of requests that failed through no fault of the caller. */
export const SERVICE_ACCOUNTS = {
  keys_unavailable: {
    remedy: 'waiting',
    caller:
      'The service cannot get the keys to check the token with. Nothing is wrong with the token, as far as is known. Repeat the request after `Retry-After` seconds.',
    operator:
      'The line `keys could not be loaded` has the reason: a status, a time-out, a name that does not resolve, a certificate. The function recovers by itself once the endpoint answers.',
    reason: 'there is no key set',
    fields: ['provider'],
    runbook: 'Callers get 503 `keys_unavailable`',
  },
  config_unavailable: {
    remedy: 'waiting',
    caller:
      'The service is not set up yet, or cannot read its settings. No request is decided on meanwhile. Repeat it after `Retry-After` seconds.',
    operator:
      'A fresh deployment answers so until `issuer` and `audience` are set. Otherwise the line `configuration rejected` names the parameter, or `configuration could not be read` says why.',
    reason: 'no valid configuration has been read yet',
    fields: ['coldStart'],
    runbook: 'Callers get 503 `config_unavailable`',
  },
  upstream_error: {
    remedy: 'waiting',
    caller:
      'The request was let through, but the service behind broke off, refused the connection or answered with something that is no HTTP answer. It may have acted on the request: repeat only what may be done twice.',
    operator:
      'The reason has what the connection said. Try the parameter `upstream`, or that of the route, from where the function is.',
    reason: 'connect ECONNREFUSED 10.0.0.7:443',
    fields: ['upstreamMs', 'provider'],
  },
  upstream_timeout: {
    remedy: 'waiting',
    caller:
      'The request was let through, but the service behind did not answer in time. It may still act on the request: repeat only what may be done twice.',
    operator:
      'Compare the time that the upstream took with `timeoutSeconds` of the deploy and `firstByteTimeoutSeconds` of the policy. `no connection within 3000 ms` is a security group or an address that nobody answers at.',
    reason: 'no answer begun within 1000 ms',
    fields: ['upstreamMs', 'provider'],
  },
  upstream_response_too_large: {
    remedy: 'another request',
    caller:
      'The request was let through and the service behind has answered, but with more than can be passed on. Ask for less: a page, a range, fewer fields.',
    operator:
      'The answer is over the 1 MB, or its header over the 32 KB, that a load balancer takes from a function.',
    reason: 'the body is over 1048576 bytes',
    fields: ['upstreamMs', 'provider'],
    see: { text: 'what to do instead', page: 'limits.md#bodies' },
  },
  internal_error: {
    remedy: 'the operator',
    caller: 'The service has a bug that this request has met. Tell whoever runs it the request id.',
    operator: 'The line `internal error` with the same request id has the stack. Please report it.',
    reason: 'see the error logged before',
    fields: ['invocationId'],
  },
} as const satisfies Partial<Record<Code, CodeAccount>>;
