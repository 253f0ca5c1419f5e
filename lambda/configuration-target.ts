import type { Context } from 'aws-lambda';
import { CONFIGURATION_RESOURCE } from './contract.ts';
import {
  documentForCloudFormation,
  requestFromCloudFormation,
  type StackAnswer,
  type StackRequest,
} from './events/cloudformation.ts';
import { adoptOrCreate, createMissing, parseSeeds, type Seeds, type SeedStore } from './seeds.ts';

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
  const { type, stackId, physicalId, properties, oldProperties } = request;
  // The parameters are the operator's, and stay.
  if (type === 'Delete') return success(physicalId ?? nothingCreated(request), 'none');
  if (type !== 'Create' && type !== 'Update') {
    throw new Error(`RequestType must be Create, Update or Delete, and is ${JSON.stringify(type)}`);
  }
  const result = parseSeeds(properties);
  if ('problems' in result) throw new Error(`its properties are wrong: ${result.problems.join('; ')}`);
  const seeds = result.value;

  const known = type === 'Update' ? readPhysicalId(physicalId) : undefined;
  if (known?.path !== seeds.path) return created(seeds, await adoptOrCreate(seeds, stackId, store));
  // A deletion by hand is made good, as far as that can be.
  await createMissing(seeds, stackId, store).catch((error: Error) => {
    if (!wasSeeded(seeds, oldProperties)) throw error;
    // Nothing had to be done, and an Update back that fails would leave the stack stuck.
    log('WARN', 'parameters could not be looked at; they stay as they are', { reason: error.message });
  });
  return success(String(physicalId), known.adopted);
}

/** Whether an earlier request has created all of them, as it has if the template before had the same ones. */
function wasSeeded({ seeds }: Seeds, oldProperties: unknown): boolean {
  const old = parseSeeds(oldProperties);
  // One that could not be read failed, so this is the way back from it.
  return 'problems' in old || seeds.every(({ name }) => old.value.seeds.some((seed) => seed.name === name));
}

function created({ path }: Seeds, adopted: readonly string[]): StackAnswer {
  const list = adopted.join(',') || 'none';
  return success(`${path}?adopted=${list}`, list);
}

function success(physicalId: string, adopted: string): StackAnswer {
  return { kind: 'success', physicalId, attributes: { [CONFIGURATION_RESOURCE.adopted]: adopted } };
}

/** The physical id holds what Create found, for an Update is told nothing else of it. */
function readPhysicalId(id = ''): { path: string; adopted: string } | undefined {
  const [, path, adopted] = /^(\/[^?]+)\?adopted=([^?]+)$/.exec(id) ?? [];
  return path === undefined || adopted === undefined ? undefined : { path, adopted };
}

/** Stands for the physical id in the answer to a Create that failed, which a Delete then comes back with. */
function nothingCreated({ logicalId }: StackRequest): string {
  return `${logicalId}?nothing-created`;
}
