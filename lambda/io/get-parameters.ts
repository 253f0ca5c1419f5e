import * as v from 'valibot';
import { PARAMETERS, type ParameterName } from '../contract.ts';
import type { Reading } from '../core/config/reading.ts';
import type { ReadOptions } from './find-config.ts';
import { jsonBody } from './json-body.ts';
import { type RetryEffects, retrying } from './retrying.ts';
import { faultAt, type ServiceError, serviceError } from './service-error.ts';
import type { SignedRequest } from './signed-request.ts';

export interface ParametersRequestOptions {
  /** Prefix of the parameters' names. */
  readonly path: string;
  readonly endpoint: URL;
  /** Sends a request that is signed for `ssm`. */
  readonly send: SignedRequest;
  readonly effects?: RetryEffects;
}

const NAMES = Object.keys(PARAMETERS) as ParameterName[];

/** The first read is within Lambda's init phase of 10 s; requests wait for later ones. */
export const RETRY_RULES = {
  first: { attempts: 8, deadlineMs: 5_000 },
  refresh: { attempts: 3, deadlineMs: 1_500 },
};

/** For one attempt, in ms. If a socket died while the sandbox was frozen, there must be time for another attempt. */
const ATTEMPT_TIMEOUT_MS = 700;

/** Far more than six values of at most 8 KB take, escaped as JSON. */
const MAX_BYTES = 256 * 1024;

const RESPONSE = v.object({
  Parameters: v.array(
    v.object({
      Name: v.string(),
      Value: v.string(),
      Version: v.pipe(v.number(), v.safeInteger(), v.minValue(1)),
      LastModifiedDate: v.pipe(v.number(), v.finite(), v.minValue(0)),
    }),
  ),
});

const FAULT = v.object({
  __type: v.optional(v.string(), ''),
  message: v.optional(v.string()),
  Message: v.optional(v.string(), ''),
});

/**
 * Reads the parameters under `path` with one GetParameters call of AWS JSON 1.1. Rejects, with a message for the log,
 * if that does not succeed in time or if the response is not one of SSM's. Anything that was not requested is ignored.
 * https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetParameters.html
 */
export function createParametersRequest({ path, endpoint, send, effects }: ParametersRequestOptions) {
  const body = Buffer.from(JSON.stringify({ Names: NAMES.map((name) => `${path}/${name}`) }));
  const place = `GetParameters of ${path}/* at ${endpoint.host}`;

  async function attempt(timeoutMs: number): Promise<Reading> {
    const response = await send(endpoint, {
      method: 'POST',
      headers: { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': 'AmazonSSM.GetParameters' },
      body,
      timeoutMs,
      maxBytes: MAX_BYTES,
    }).catch(faultAt(place));
    const document = jsonBody(response.body);
    if (response.status !== 200) throw errorIn(place, path, response.status, document);
    return readingOf(place, path, document);
  }

  return ({ first, brief = false }: ReadOptions): Promise<Reading> =>
    retrying(
      attempt,
      {
        ...(first && !brief ? RETRY_RULES.first : RETRY_RULES.refresh),
        attemptTimeoutMs: ATTEMPT_TIMEOUT_MS,
      },
      effects,
    );
}

function readingOf(place: string, path: string, document: unknown): Reading {
  const result = v.safeParse(RESPONSE, document);
  if (!result.success) {
    const bad = result.issues.map((issue) => v.getDotPath(issue) ?? 'the document').join(', ');
    throw new Error(`${place}: the response is malformed (see ${bad})`);
  }
  const byName = new Map(result.output.Parameters.map((parameter) => [parameter.Name, parameter]));
  return Object.fromEntries(
    NAMES.flatMap((name) => {
      const found = byName.get(`${path}/${name}`);
      if (found === undefined) return [];
      const { Value: value, Version: version, LastModifiedDate: modified } = found;
      // The keeper reads with the SDK, whose dates have milliseconds.
      return [[name, { value, version, modifiedAt: Math.round(modified * 1000) / 1000 }]];
    }),
  );
}

function errorIn(place: string, path: string, status: number, document: unknown): ServiceError {
  const { output, success } = v.safeParse(FAULT, document);
  const { __type, message, Message } = success ? output : { __type: '', message: undefined, Message: '' };
  // Some services put a namespace in front of the name.
  const code = /(?:^|#)([A-Za-z.]{1,80})$/.exec(__type)?.[1] ?? '';
  const advice = code.startsWith('AccessDenied')
    ? `Grant the function's role ssm:GetParameters on the parameters under ${path}`
    : undefined;
  return serviceError(place, { status, code, message: message ?? Message }, advice);
}
