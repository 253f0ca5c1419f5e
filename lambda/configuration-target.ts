import type { Context } from 'aws-lambda';
import { CONFIGURATION_RESOURCE } from './contract.ts';
import {
  documentForCloudFormation,
  requestFromCloudFormation,
  type StackAnswer,
  type StackRequest,
} from './events/cloudformation.ts';
import { parseSeeds, type Seeded, type SeedStore, seed } from './seeds.ts';

export interface ConfigurationParts {
  /** The parameters; what is under way when `signal` is aborted rejects. */
  readonly storeFor: (signal: AbortSignal) => SeedStore;
  /** Puts a document at the URL of a request, trying again until `deadlineMs` from now have passed. */
  readonly put: (url: string, document: string, deadlineMs: number) => Promise<void>;
  readonly log: (level: 'INFO' | 'WARN' | 'ERROR', message: string, fields: object) => void;
}

/** Of the time that is left, what is kept for the answer, in ms. */
const ANSWER_MS = 15_000;

/** Left when the last attempt to answer ends, in ms, so that the log has the reason and not a timeout. */
const MARGIN_MS = 1_000;

/**
 * CloudFormation's custom resource: creates the parameters that are missing and changes none. It answers every
 * request that it can; where it cannot it fails, and Lambda sends the same request once more.
 */
export function createConfigurationTarget({ storeFor, put, log }: ConfigurationParts) {
  return async (event: unknown, context: Context): Promise<void> => {
    const request = requestFromCloudFormation(event);
    if (request === undefined) {
      throw new Error(
        'The event is none of CloudFormation: it has no RequestType and ResponseURL. Nothing was done.',
      );
    }
    const { type, stackId, logicalId } = request;
    const signal = AbortSignal.timeout(Math.max(0, context.getRemainingTimeInMillis() - ANSWER_MS));
    const answer = await answerTo(request, storeFor(signal), log).catch(
      (error: Error): StackAnswer => ({
        kind: 'failure',
        physicalId: request.physicalId ?? nothingCreated(request),
        reason: `${type} of the SSM parameters failed: ${error.message}. No parameter that was there has changed. Deploy again once that is put right.`,
      }),
    );
    log(answer.kind === 'failure' ? 'ERROR' : 'INFO', 'answer to CloudFormation', {
      requestType: type,
      stackId,
      logicalId,
      ...answer,
    });
    await put(
      request.responseUrl,
      documentForCloudFormation(request, answer),
      context.getRemainingTimeInMillis() - MARGIN_MS,
    );
  };
}

async function answerTo(
  request: StackRequest,
  store: SeedStore,
  log: ConfigurationParts['log'],
): Promise<StackAnswer> {
  const { type, stackId, physicalId, properties } = request;
  // The parameters are the operator's, and stay.
  if (type === 'Delete') return success(physicalId ?? nothingCreated(request), new Map());
  if (type !== 'Create' && type !== 'Update') {
    throw new Error(`RequestType must be Create, Update or Delete, and is ${JSON.stringify(type)}`);
  }
  const result = parseSeeds(properties);
  if ('problems' in result) throw new Error(`its properties are wrong: ${result.problems.join('; ')}`);
  const seeds = result.value;

  const known = readPhysicalId(physicalId, seeds.path);
  const seeded = await seed(seeds, { known, stackId, store }).catch((error: Error) => {
    if (!seeds.seeds.every(({ name }) => known.has(name))) throw error;
    // Nothing had to be done, and an Update back that fails would leave the stack stuck.
    log('WARN', 'parameters could not be looked at; they stay as they are', { reason: error.message });
    return known;
  });
  return success(physicalIdOf(seeds.path, seeded), seeded);
}

function success(physicalId: string, seeded: Seeded): StackAnswer {
  const adopted = [...seeded].flatMap(([name, { adopted: was }]) => (was ? name : []));
  const attributes = { [CONFIGURATION_RESOURCE.adopted]: adopted.join(',') || 'none' };
  return { kind: 'success', physicalId, attributes };
}

/**
 * `PATH?NAME&NAME=adopted`: what has been seeded, for CloudFormation tells an Update nothing else of it. A
 * request that fails leaves the id as it was, so what comes back to it finds itself there.
 */
function physicalIdOf(path: string, seeded: Seeded): string {
  const names = [...seeded].map(([name, { adopted }]) => (adopted ? `${name}=adopted` : name));
  return `${path}?${names.join('&')}`;
}

/** What has been seeded under a path, by the physical id. */
function readPhysicalId(id: string | undefined, path: string): Seeded {
  const names = id?.startsWith(`${path}?`) ? id.slice(path.length + 1).split('&') : [];
  return new Map(
    names.map((text) => [text.replace(/=adopted$/, ''), { adopted: text.endsWith('=adopted') }]),
  );
}

/** Stands for the physical id in the answer to a Create that failed, which a Delete then comes back with. */
function nothingCreated({ logicalId }: StackRequest): string {
  return `${logicalId}: nothing created`;
}
