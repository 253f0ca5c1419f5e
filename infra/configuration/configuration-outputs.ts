import { PARAMETERS, type ParameterName } from '../../lambda/contract.ts';
import type { Configuration, InitialValues } from './configuration.ts';

/** Outputs of a stack by their name. */
export type Outputs = Readonly<Record<string, readonly [value: string, description: string]>>;

/** What a fresh deployment has to be told, each with a value to fill in. */
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
 * Where the parameters are and how to set them. A parameter that the options have a value for starts out with
 * it only where it is new, so the command to put that value is printed.
 */
export function configurationOutputs(configuration: Configuration, initial: InitialValues): Outputs {
  const names = Object.keys(PARAMETERS) as ParameterName[];
  const commands = names.flatMap((name) => {
    const given = initial[name];
    const said = `Sets the ${name} that the options ask for, where there was another one already`;
    const [value, description] = given === undefined ? (TO_FILL_IN[name] ?? []) : [given, said];
    if (value === undefined || description === undefined) return [];
    return [[OUTPUT_NAMES[name], [configuration.putCommand(name, value), description]] as const];
  });
  return {
    ConfigPath: [configuration.path, 'Prefix of the SSM parameters'],
    Adopted: [configuration.adopted, 'Parameters that were there before the stack and hold what they held'],
    ...Object.fromEntries(commands),
    DeleteParameters: [
      configuration.deleteCommand,
      'Deletes the parameters, which the stack leaves when it goes',
    ],
  };
}
