/** For one attempt, in ms: whoever revokes a token must not wait for a connection that has died. */
const ATTEMPT_TIMEOUT_MS = 5_000;

/** Settings of an SDK client that gives up on a connection without an answer. `requestTimeout` is for one attempt, in ms. */
export const clientSettings = (endpoint: string | undefined, requestTimeout = ATTEMPT_TIMEOUT_MS) => ({
  ...(endpoint !== undefined && { endpoint }),
  requestHandler: { connectionTimeout: ATTEMPT_TIMEOUT_MS, requestTimeout, throwOnRequestTimeout: true },
});
