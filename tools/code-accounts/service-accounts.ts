import type { Code } from '../../lambda/core/codes.ts';
import type { CodeAccount } from './account.ts';

/** Codes of requests that failed through no fault of the caller. */
export const SERVICE_ACCOUNTS = {
  keys_unavailable: {
    remedy: 'waiting',
    caller:
      'The service cannot get the keys that it needs to verify the token. As far as it knows, nothing is wrong with the token. Repeat the request after `Retry-After` seconds.',
    operator:
      'The line `keys could not be loaded` gives the cause: a status, a timeout, a name that does not resolve, a certificate. The function recovers by itself once the endpoint responds.',
    reason: 'there is no key set',
    fields: ['provider'],
    runbook: 'Callers get 503 `keys_unavailable`',
  },
  config_unavailable: {
    remedy: 'waiting',
    caller:
      'The service is not set up yet, or cannot read its settings. Until that changes, it cannot decide any request. Repeat yours after `Retry-After` seconds.',
    operator:
      'A fresh deployment returns this response until `issuer` and `audience` are set. Otherwise the line `configuration rejected` names the parameter, or `configuration could not be read` gives the cause.',
    reason: 'no valid configuration has been read yet',
    fields: ['coldStart'],
    runbook: 'Callers get 503 `config_unavailable`',
  },
  upstream_error: {
    remedy: 'waiting',
    caller:
      'The request was let through, but the service behind it refused or dropped the connection, or did not respond in valid HTTP. It may have acted on the request: repeat only what is safe to do twice.',
    operator:
      'The reason gives the connection error. Try the address in the parameter `upstream`, or in `upstream` of the route, from the network of the function.',
    reason: 'connect ECONNREFUSED 10.0.0.7:443',
    fields: ['upstreamMs', 'provider'],
  },
  upstream_timeout: {
    remedy: 'waiting',
    caller:
      'The request was let through, but the service behind it did not respond in time. It may still act on the request: repeat only what is safe to do twice.',
    operator:
      'Compare the time that the upstream took with `timeoutSeconds` of the deployment and `firstByteTimeoutSeconds` of the policy. `no connection within 3000 ms` points to a security group, or to an address where nothing responds.',
    reason: 'no first byte of a response within 1000 ms',
    fields: ['upstreamMs', 'provider'],
  },
  upstream_response_too_large: {
    remedy: 'a different request',
    caller:
      'The request was let through and the service behind it responded, but with more than can be returned. Ask for less: a page, a range, fewer fields.',
    operator:
      'The response is larger than a load balancer accepts from a function: 1 MB in total, 32 KB for its header.',
    reason: 'the body is over 1048576 bytes',
    fields: ['upstreamMs', 'provider'],
    see: { text: 'what to do instead', page: 'limits.md#bodies' },
  },
  internal_error: {
    remedy: 'the operator',
    caller: 'The request hit a bug in the service. Give its operator the request id.',
    operator:
      'The line `internal error` with the same request id contains the stack trace. Please report it.',
    reason: 'see the error logged before',
    fields: ['invocationId'],
    runbook: 'Callers get 500 `internal_error`',
  },
} as const satisfies Partial<Record<Code, CodeAccount>>;
