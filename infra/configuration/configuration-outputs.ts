import { PARAMETERS, type ParameterName } from '../../lambda/contract.ts';
import type { Configuration } from './configuration.ts';
import type { Outputs } from '../outputs.ts';
import type { InitialValues } from './seeded-parameters.ts';

/** Parameters that a fresh deployment needs, each with an example value to replace. */
const TO_FILL_IN: { readonly [name in ParameterName]?: readonly [example: string, description: string] } = {
  issuer: ['https://YOUR-ISSUER', 'Sets the exact "iss" of the tokens to accept'],
  audience: ['YOUR-AUDIENCE', 'Sets the audiences, separated by commas'],
  upstream: ['https://YOUR-UPSTREAM', 'Sets where allowed requests go'],
};

const OUTPUT_NAMES = {
  issuer: 'SetIssuer',
  audience: 'SetAudience',
  'jwks-uri': 'SetJwksUri',
  upstream: 'SetUpstream',
  policy: 'SetPolicy',
  revocations: 'SetRevocations',
} as const satisfies Record<ParameterName, string>;

/**
 * Where the parameters, their snapshot and the secrets are, how to set the parameters and how to run the keeper. A
 * deploy sets a parameter only if it is missing, so the outputs also have a command for each value that the options
 * give.
 */
export function configurationOutputs(
  configuration: Configuration,
  { initial, refreshSeconds }: { readonly initial: InitialValues; readonly refreshSeconds: number },
): Outputs {
  const names = Object.keys(PARAMETERS) as ParameterName[];
  const commands = names.flatMap((name) => {
    const given = initial[name];
    const said = `Sets the ${name} given in the options; needed only if the parameter already existed`;
    const [value, description] = given === undefined ? (TO_FILL_IN[name] ?? []) : [given, said];
    if (value === undefined || description === undefined) return [];
    return [[OUTPUT_NAMES[name], [configuration.putCommand(name, value), description]] as const];
  });
  return {
    ConfigPath: [configuration.path, 'Prefix of the SSM parameters'],
    ConfigRefreshSeconds: [
      String(refreshSeconds),
      'How old the configuration may get before a function refreshes it, in seconds',
    ],
    Adopted: [configuration.adopted, 'Parameters that existed before the stack and kept their values'],
    ...Object.fromEntries(commands),
    DeleteParameters: [
      configuration.deleteCommand,
      'Deletes the parameters, which stay when the stack is deleted',
    ],
    SnapshotBucket: [configuration.snapshot.name, 'Bucket of the snapshot; it is deleted with the stack'],
    ...secretsOutputs(configuration),
    ...keeperOutputs(configuration),
  };
}

function secretsOutputs({ secrets }: Configuration): Outputs {
  if (secrets === undefined) return {};
  return { SecretsBucket: [secrets.name, 'Bucket of the shared secrets; it is deleted with the stack'] };
}

function keeperOutputs({ keeper, runCommand }: Configuration): Outputs {
  if (keeper === undefined) return {};
  return {
    KeeperFunction: [keeper.function.functionName, 'Function that writes the snapshot'],
    RunKeeper: [
      runCommand,
      'Runs the keeper now, and prints which versions are in force and what it rejects',
    ],
  };
}
