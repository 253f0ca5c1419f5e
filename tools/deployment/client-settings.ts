/** For one attempt, in ms. Whoever revokes a token must not wait for a dead connection. */
const ATTEMPT_TIMEOUT_MS = 5_000;

/** Settings of an SDK client that gives up on a connection without a response. The timeouts are for one attempt, in ms. */
export const clientSettings = (
  endpoint: string | undefined,
  requestTimeout = ATTEMPT_TIMEOUT_MS,
  connectionTimeout = ATTEMPT_TIMEOUT_MS,
) => ({
  ...(endpoint !== undefined && { endpoint }),
  requestHandler: { connectionTimeout, requestTimeout, throwOnRequestTimeout: true },
});
