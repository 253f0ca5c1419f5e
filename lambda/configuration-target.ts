import type { Context } from 'aws-lambda';
import { CONFIGURATION_RESOURCE } from './contract.ts';
import {
  documentForCloudFormation,
  requestFromCloudFormation,
  type StackAnswer,
  type StackRequest,
} from './events/cloudformation.ts';
import { readSeededId, seededIdOf } from './seeded-id.ts';
import { parseSeeds, type Seeded, type SeedStore, seed } from './seeds.ts';

export interface ConfigurationParts {
  /** The parameters; what is under way when `signal` is aborted rejects. */
  readonly storeFor: (signal: AbortSignal) => SeedStore;
  /** Puts a document at the URL of a request, trying again until `deadlineMs` from now have passed. */
  readonly put: (url: string, document: string, deadlineMs: number) => Promise<void>;
  readonly log: (level: 'INFO' | 'WARN' | 'ERROR', message: string, fields: object) => void;
}

/** Time that is reserved for the answer, in ms. */
const ANSWER_MS = 15_000;

/** The last attempt to answer ends this long before the function's time limit, in ms, so that its error is logged. */
const MARGIN_MS = 1_000;

/**
 * CloudFormation's custom resource: creates the parameters that are missing and changes none. It answers every
 * request before its own time limit. If the answer cannot be delivered it fails, and Lambda repeats the request.
 */
export function createConfigurationTarget({ storeFor, put, log }: ConfigurationParts) {
  return async (event: unknown, context: Context): Promise<void> => {
    const request = requestFromCloudFormation(event);
    if (request === undefined) {
      throw new Error(
        'The event does not come from CloudFormation: it has no RequestType or no ResponseURL. Nothing was done. Deploy the stack instead of invoking this function.',
      );
    }
    const { type, stackId, logicalId } = request;
    const signal = AbortSignal.timeout(Math.max(0, context.getRemainingTimeInMillis() - ANSWER_MS));
    const answer = await answerTo(request, storeFor(signal), log).catch(
      (error: Error): StackAnswer => ({
        kind: 'failure',
        physicalId: request.physicalId ?? nothingCreated(request),
        reason: `${type === 'Update' ? 'Updating' : 'Creating'} the SSM parameters failed: ${error.message}. No existing parameter was changed. Fix this and deploy again.`,
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
  // The parameters belong to the operator, and stay.
  if (type === 'Delete') return success(physicalId ?? nothingCreated(request), new Map());
  if (type !== 'Create' && type !== 'Update') {
    throw new Error(`RequestType must be Create, Update or Delete, and is ${JSON.stringify(type)}`);
  }
  const result = parseSeeds(properties);
  if ('problems' in result) throw new Error(`its properties are wrong: ${result.problems.join('; ')}`);
  const seeds = result.value;

  const before = readSeededId(physicalId);
  const known = before.get(seeds.path) ?? new Map();
  const { seeded, encrypted } = await seed(seeds, { known, stackId, store }).catch((error: Error) => {
    if (!seeds.seeds.every(({ name }) => known.has(name))) throw error;
    // They were all seeded before, so nothing depends on this. An Update back that fails would leave the stack stuck.
    log('WARN', 'parameters could not be checked; they stay as they are', { reason: error.message });
    return { seeded: known, encrypted: [] };
  });
  if (encrypted.length > 0) {
    log(
      'WARN',
      'the verifier does not decrypt, so it cannot use these parameters; delete each SecureString and create it with the type that the docs give',
      { encrypted },
    );
  }
  return success(seededIdOf(seeds.path, seeded, before), seeded);
}

function success(physicalId: string, seeded: Seeded): StackAnswer {
  const adopted = [...seeded].flatMap(([name, { adopted: was }]) => (was ? name : []));
  const attributes = { [CONFIGURATION_RESOURCE.adopted]: adopted.join(',') || 'none' };
  return { kind: 'success', physicalId, attributes };
}

/** The physical id that a failed Create answers with. CloudFormation sends it back with a Delete. */
function nothingCreated({ logicalId }: StackRequest): string {
  return `${logicalId}: nothing created`;
}
