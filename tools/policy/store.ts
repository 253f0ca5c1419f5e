import {
  GetParameterHistoryCommand,
  GetParametersCommand,
  type ParameterHistory,
  PutParameterCommand,
  SSMClient,
} from '@aws-sdk/client-ssm';
import { PARAMETERS, type ParameterName } from '../../lambda/contract.ts';
import type { Reading } from '../../lambda/core/config/reading.ts';
import { awsCall } from '../aws-call.ts';
import { clientSettings } from '../deployment/client-settings.ts';
import { readLiveParameters } from '../parameters.ts';
import type { PastVersion } from './history.ts';

export interface NewVersion {
  readonly value: string;
  readonly description: string;
  /** Whether the parameter does not exist yet. */
  readonly isFirst: boolean;
}

/** The parameters of a deployment, as this command reads and writes them. A call that fails rejects with an AwsFailure. */
export interface PolicyStore {
  /** Prefix of the parameters. */
  readonly path: string;
  readonly read: () => Promise<Reading>;
  /** Every version that SSM still has, oldest first. */
  readonly history: (name: ParameterName) => Promise<readonly PastVersion[]>;
  /** The values of some versions. Needs no permission to read the history. */
  readonly valuesOf: (
    name: ParameterName,
    versions: readonly number[],
  ) => Promise<ReadonlyMap<number, string>>;
  /** Returns the new version. */
  readonly put: (name: ParameterName, next: NewVersion) => Promise<number>;
}

/** Maximum number of names per GetParameters call. */
const MAX_NAMES = 10;

export function createPolicyStore(path: string, endpoint: URL | undefined): PolicyStore {
  const client = new SSMClient(clientSettings(endpoint?.href));
  const call = <T>(what: string, action: string, calling: Promise<T>, failed?: string) =>
    awsCall({ what, service: 'SSM', action, ...(failed && { failed }) }, endpoint?.href, calling);

  return {
    path,
    read: () => readLiveParameters({ path, endpointUrl: endpoint?.href, region: undefined }),

    async history(name) {
      const found: ParameterHistory[] = [];
      let NextToken: string | undefined;
      do {
        const input = { Name: `${path}/${name}`, MaxResults: 50, NextToken };
        const page = await call(
          `The history of ${path}/${name}`,
          'ssm:GetParameterHistory',
          client.send(new GetParameterHistoryCommand(input)),
        );
        found.push(...(page.Parameters ?? []));
        NextToken = page.NextToken;
      } while (NextToken !== undefined);
      return found.map(pastVersion).sort((a, b) => a.version - b.version);
    },

    async valuesOf(name, versions) {
      const found = new Map<number, string>();
      for (let start = 0; start < versions.length; start += MAX_NAMES) {
        const Names = versions.slice(start, start + MAX_NAMES).map((version) => `${path}/${name}:${version}`);
        const { Parameters = [] } = await call(
          `Earlier versions of ${path}/${name}`,
          'ssm:GetParameters',
          client.send(new GetParametersCommand({ Names })),
        );
        for (const { Version, Value } of Parameters) {
          if (Version !== undefined && Value !== undefined) found.set(Version, Value);
        }
      }
      return found;
    },

    async put(name, { value, description, isFirst }) {
      const { Version } = await call(
        `${path}/${name}`,
        'ssm:PutParameter',
        client.send(
          new PutParameterCommand({
            Name: `${path}/${name}`,
            Value: value,
            Description: description,
            Tier: 'Intelligent-Tiering',
            ...(isFirst ? { Type: PARAMETERS[name].type } : { Overwrite: true }),
          }),
        ),
        'could not be put',
      );
      return Version ?? 0;
    },
  };
}

const pastVersion = ({
  Version = 0,
  Value = '',
  LastModifiedDate,
  LastModifiedUser = 'somebody',
  Description = '',
}: ParameterHistory): PastVersion => ({
  version: Version,
  value: Value,
  at: (LastModifiedDate?.getTime() ?? 0) / 1000,
  by: LastModifiedUser,
  description: Description,
});
