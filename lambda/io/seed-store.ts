import { setTimeout as sleep } from 'node:timers/promises';
import {
  GetParametersCommand,
  ListTagsForResourceCommand,
  PutParameterCommand,
  SSMClient,
  SSMServiceException,
} from '@aws-sdk/client-ssm';
import { STACK_TAG } from '../contract.ts';

interface Creation {
  readonly type: 'String' | 'StringList';
  readonly value: string;
}

/** For one attempt, in ms. */
const ATTEMPT_TIMEOUT_MS = 5_000;

/** Between two attempts, in ms: doubled each time, with jitter. */
const PAUSE_MS = { first: 200, most: 5_000 };

/** The most that a standard parameter holds, in bytes. */
const STANDARD_BYTES = 4096;

/**
 * Client errors that are transient: throttling, a concurrent writer, and a role so new that its policy has not spread
 * everywhere.
 */
const PASSING = /Throttl|TooMany|RequestLimit|AccessDenied|UnrecognizedClient|InvalidClientToken/;

/** The parts of SSM that seeding needs. Failed calls are retried until `signal` is aborted. */
export function createSeedStore(client: SSMClient, signal: AbortSignal) {
  /** Rejects with SSM's error if it is final, else with the last error once the time is up. */
  async function attempt<T>(what: string, send: (options: { abortSignal: AbortSignal }) => Promise<T>) {
    let last = 'no response yet';
    for (let pause = PAUSE_MS.first; ; pause = Math.min(PAUSE_MS.most, 2 * pause)) {
      if (signal.aborted) throw new Error(`SSM did not complete ${what} in time (${last})`);
      try {
        return await send({ abortSignal: signal });
      } catch (error) {
        if (isFinal(error)) throw error;
        if (!signal.aborted) last = `${(error as Error).name}: ${(error as Error).message}`;
      }
      await sleep(pause * (0.5 + Math.random() / 2), undefined, { signal }).catch(() => {});
    }
  }

  return {
    async existing(names: readonly string[]): Promise<ReadonlyMap<string, string>> {
      const command = new GetParametersCommand({ Names: [...names] });
      const { Parameters: found = [] } = await attempt(`GetParameters of ${names.join(', ')}`, (options) =>
        client.send(command, options),
      ).catch(rethrowFor('GetParameters'));
      return new Map(found.map(({ Name = '', Type = '' }) => [Name, Type]));
    },

    async create(name: string, { type, value }: Creation, stackId: string): Promise<boolean> {
      const command = new PutParameterCommand({
        Name: name,
        Type: type,
        Value: value,
        Overwrite: false,
        Tags: [{ Key: STACK_TAG, Value: stackId }],
        ...(Buffer.byteLength(value) > STANDARD_BYTES && { Tier: 'Intelligent-Tiering' }),
      });
      try {
        await attempt(`PutParameter of ${name}`, (options) => client.send(command, options));
        return true;
      } catch (error) {
        if ((error as Error).name === 'ParameterAlreadyExists') return false;
        return rethrowFor(`PutParameter of ${name}`)(error);
      }
    },

    async creatorOf(name: string): Promise<string | undefined> {
      const command = new ListTagsForResourceCommand({ ResourceType: 'Parameter', ResourceId: name });
      const { TagList: tags = [] } = await attempt(`ListTagsForResource of ${name}`, (options) =>
        client.send(command, options),
      ).catch(rethrowFor(`ListTagsForResource of ${name}`));
      return tags.find(({ Key }) => Key === STACK_TAG)?.Value;
    },
  };
}

/** A client without its own retries: the store repeats calls. */
export function createSsmClient(): SSMClient {
  return new SSMClient({
    maxAttempts: 1,
    requestHandler: {
      connectionTimeout: ATTEMPT_TIMEOUT_MS,
      requestTimeout: ATTEMPT_TIMEOUT_MS,
      throwOnRequestTimeout: true,
    },
  });
}

function isFinal(error: unknown): boolean {
  return error instanceof SSMServiceException && error.$fault === 'client' && !PASSING.test(error.name);
}

function rethrowFor(what: string) {
  return (error: unknown): never => {
    if (!(error instanceof SSMServiceException)) throw error;
    throw new Error(`SSM rejected ${what} (${error.name}: ${error.message})`);
  };
}
