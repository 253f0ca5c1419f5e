import { GetParametersCommand, type Parameter, SSMClient } from '@aws-sdk/client-ssm';
import { PARAMETERS, type ParameterName } from '../contract.ts';
import type { Reading } from '../core/config/reading.ts';

const NAMES = Object.keys(PARAMETERS) as ParameterName[];

/** For all attempts together, in ms. */
const TIMEOUT_MS = 5_000;

/** For one attempt, in ms. If a socket died while the sandbox was frozen, there must be time for another attempt. */
const ATTEMPT_TIMEOUT_MS = 700;

/**
 * Reads the parameters under `path` with one GetParameters call, for the keeper and the tools. The SDK retries
 * throttling and faults with backoff and jitter, until the time is up.
 * https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetParameters.html
 */
export function createParameterReader(path: string): () => Promise<Reading> {
  const client = createClient();

  return async () => {
    const { Parameters: parameters = [] } = await client.send(
      new GetParametersCommand({ Names: NAMES.map((name) => `${path}/${name}`) }),
      { abortSignal: AbortSignal.timeout(TIMEOUT_MS) },
    );
    return readingOf(path, parameters);
  };
}

/** SSM's response, by the last part of each name. A parameter without a value or a version counts as not found. */
export function readingOf(path: string, parameters: readonly Parameter[]): Reading {
  const byName = new Map(parameters.map((parameter) => [parameter.Name, parameter]));
  return Object.fromEntries(
    NAMES.flatMap((name) => {
      const {
        Value: value,
        Version: version,
        LastModifiedDate: modified,
      } = byName.get(`${path}/${name}`) ?? {};
      if (value === undefined || version === undefined || modified === undefined) return [];
      return [[name, { value, version, modifiedAt: modified.getTime() / 1000 }]];
    }),
  );
}

const createClient = (): SSMClient =>
  new SSMClient({
    maxAttempts: 6,
    requestHandler: {
      connectionTimeout: ATTEMPT_TIMEOUT_MS,
      requestTimeout: ATTEMPT_TIMEOUT_MS,
      throwOnRequestTimeout: true,
    },
  });
