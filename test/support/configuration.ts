import type { Context } from 'aws-lambda';
import { createConfigurationTarget } from '../../lambda/configuration/configuration-target.ts';
import type { Seed, SeedStore } from '../../lambda/configuration/seeds.ts';
import type { KeeperResult } from '../../lambda/keeper/keeper.ts';

export const STACK_ID = 'arn:aws:cloudformation:eu-west-1:123456789012:stack/orders/0b1c2d3e';
export const RESPONSE_URL = 'https://cloudformation.example/answer?X-Amz-Signature=SECRET';

/** A parameter in SSM. */
export interface Stored {
  readonly type: string;
  readonly value: string;
  readonly creator: string | undefined;
}

export interface CustomResourceResponse {
  readonly Status: 'SUCCESS' | 'FAILED';
  readonly PhysicalResourceId: string;
  readonly Reason?: string;
  readonly Data?: { readonly Adopted: string };
}

export type Properties = Readonly<Record<string, unknown>>;

/** Properties as CloudFormation sends them. */
export const propertiesOf = (
  values: Readonly<Record<string, string>> = {
    issuer: 'https://issuer.invalid',
    audience: 'audience.invalid',
  },
  path = '/orders',
): Properties => ({
  ServiceToken: 'arn:aws:lambda:eu-west-1:123456789012:function:orders-Configuration',
  Path: path,
  Parameters: values,
  SnapshotUrl: 'https://snapshots.example/snapshot/1.json',
  StringLists: Object.keys(values).filter((name) => name === 'audience'),
});

/** A stack, its parameters in memory, and the function between them. */
export function createStackWorld() {
  const parameters = new Map<string, Stored>();
  /** If set, the next calls throw it. */
  let outage: Error | undefined;
  const calls: string[] = [];
  const responses: CustomResourceResponse[] = [];
  const lines: string[] = [];
  let signal: AbortSignal | undefined;
  let remainingMs = 60_000;
  let noted: string | undefined;
  let snapshots = 0;
  let bucketOutage: Error | undefined;
  let hanging = false;
  let keeper: (() => Promise<KeeperResult>) | undefined = async () => {
    snapshots += 1;
    return { versions: {}, parametersReadAt: 1_790_000_000, refused: [] };
  };
  /** The URLs of secrets whose buckets have been emptied. */
  const emptied: string[] = [];
  const bucket = {
    noteId: async (id: string) => {
      if (bucketOutage !== undefined) throw bucketOutage;
      // Takes a while, so that anything that does not wait for it comes first.
      await new Promise((resolve) => setImmediate(resolve));
      noted = id;
    },
    notedId: async () => {
      if (hanging) await new Promise(() => {});
      if (bucketOutage !== undefined) throw bucketOutage;
      return noted;
    },
    empty: async () => {
      if (bucketOutage !== undefined) throw bucketOutage;
      noted = undefined;
      snapshots = 0;
    },
  };

  const called = (call: string): void => {
    calls.push(call);
    if (outage !== undefined) throw outage;
  };
  const store: SeedStore = {
    async existing(names) {
      called('existing');
      return new Map(
        names.flatMap((name) => {
          const stored = parameters.get(name);
          return stored === undefined ? [] : [[name, stored.type]];
        }),
      );
    },
    async create(name, { type, value }: Seed, creator) {
      called(`create ${name}`);
      if (parameters.has(name)) return false;
      parameters.set(name, { type, value, creator });
      return true;
    },
    async creatorOf(name) {
      called(`creatorOf ${name}`);
      return parameters.get(name)?.creator;
    },
  };
  /** The value in the function's environment, which CloudFormation updates before the custom resource. */
  let configPath = '/orders';
  const target = () =>
    createConfigurationTarget({
      configPath,
      storeFor: (given) => {
        signal = given;
        return store;
      },
      put: async (url, document) => {
        if (url !== RESPONSE_URL) throw new Error('The response went to another URL.');
        responses.push(JSON.parse(document));
      },
      log: (level, message, fields) => lines.push(JSON.stringify({ level, message, ...fields })),
      keep: async () => {
        if (keeper === undefined) throw new Error('off');
        return keeper();
      },
      bucketOf: () => bucket,
      secretsBucketOf: (url) => ({
        empty: async () => {
          if (bucketOutage !== undefined) throw bucketOutage;
          emptied.push(url);
        },
      }),
    });

  return {
    parameters,
    store,
    calls,
    lines,
    responses,
    signal: () => signal,
    /** How many snapshots were written since the bucket was empty. */
    snapshots: () => snapshots,
    emptied,
    setKeeper: (next: typeof keeper) => {
      keeper = next;
    },
    hangBucket: () => {
      hanging = true;
    },
    failBucket: (error: Error | undefined) => {
      bucketOutage = error;
    },
    /** Makes every call to SSM fail from now on, or none. */
    fail: (error: Error | undefined) => {
      outage = error;
    },
    setRemaining: (ms: number) => {
      remainingMs = ms;
    },
    edit(name: string, value: string, type = 'String'): void {
      const before = parameters.get(name);
      parameters.set(name, { type, creator: undefined, ...before, value });
    },
    async invoke(event: unknown): Promise<unknown> {
      return target()(event, { getRemainingTimeInMillis: () => remainingMs } as Context);
    },
    /** Sends a request and returns the response. */
    async send(
      RequestType: string,
      request: {
        properties?: unknown;
        old?: unknown;
        physicalId?: string | undefined;
        stackId?: string;
      } = {},
    ): Promise<CustomResourceResponse> {
      const { Path } = (('properties' in request ? request.properties : propertiesOf()) as Properties) ?? {};
      if (RequestType !== 'Delete' && typeof Path === 'string') configPath = Path;
      await this.invoke({
        RequestType,
        ResponseURL: RESPONSE_URL,
        StackId: request.stackId ?? STACK_ID,
        RequestId: 'request-1',
        LogicalResourceId: 'Parameters',
        ResourceType: 'Custom::AlbJwtAuthorizerConfiguration',
        ResourceProperties: 'properties' in request ? request.properties : propertiesOf(),
        ...(request.physicalId !== undefined && { PhysicalResourceId: request.physicalId }),
        ...('old' in request && { OldResourceProperties: request.old }),
      });
      const response = responses.at(-1);
      if (response === undefined) throw new Error('There was no response.');
      return response;
    },
  };
}
