import type { ClientRequestOptions, ClientResponse, exchange } from '../../lambda/io/http-client.ts';
import { createSignedRequest, type SignedRequest } from '../../lambda/io/signed-request.ts';

/** Strings that no error may contain. */
export const SECRETS = {
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
  sessionToken:
    'AQoDYXdzEPT//////////wEXAMPLEtc764bNrC9SAPBSM22wDOk4x4HIZ8j4FZTwdQWLWsKWHGBuFqwAeMicRXmxfpSPfIeoIYRq',
} as const;

export const CREDENTIALS = { accessKeyId: 'AKIDEXAMPLE', ...SECRETS } as const;

export const NOW = Date.UTC(2026, 10, 25, 12);

/** Signs for a service as the function does, at a fixed time. */
export const sendSigned = (service: string): SignedRequest =>
  createSignedRequest({
    service,
    region: 'eu-central-1',
    credentials: async () => CREDENTIALS,
    now: () => NOW,
  });

/** Retries without a pause, and as if no time passed. */
export const AT_ONCE = { random: () => 0, sleep: async () => {}, now: () => 0 };

export interface Sent extends ClientRequestOptions {
  readonly origin: URL;
}

type FakeResponse = { status?: number; headers?: Record<string, string>; body?: string } | Error;

/** Replaces the network: records what is sent, and gives these responses in turn, then the last one forever. */
export function fakeExchange(...responses: FakeResponse[]) {
  const sent: Sent[] = [];
  const fake: typeof exchange = async (origin, options): Promise<ClientResponse> => {
    sent.push({ origin, ...options });
    const response = responses[Math.min(sent.length, responses.length) - 1] ?? {};
    if (response instanceof Error) throw response;
    const { status = 200, headers = {}, body = '' } = response;
    return { status, headers: Object.entries(headers), body: Buffer.from(body) };
  };
  return { exchange: fake, sent };
}

/** Why a promise is rejected; fails the test if it is not. */
export const failureOf = (promise: Promise<unknown>): Promise<Error> =>
  promise.then(
    () => {
      throw new Error('the promise was not rejected');
    },
    (error: Error) => error,
  );
