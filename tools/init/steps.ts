import type { PlaceDocument } from '../../lambda/core/config/providers-schema.ts';
import { shellWord } from '../shell-word.ts';
import type { Answers } from './answers.ts';
import type { LocalStack } from './local-stack.ts';
import { besidePolicy, type Decided } from './policy-of.ts';
import type { Preset } from './presets/preset.ts';
import type { TokenStep } from './token-command.ts';

export interface Step {
  readonly title: string;
  readonly commands: readonly string[];
}

/** Where to put the parameters and to call the endpoint. */
export interface Destination {
  /** Prefix of the parameters, if it is not the deployment's default. */
  readonly path: string | undefined;
  /** The laptop stack; undefined for a stack in AWS. */
  readonly local: LocalStack | undefined;
}

export interface StepContext {
  readonly file: string;
  readonly preset: Preset;
  readonly answers: Answers;
  readonly decided: Decided;
  readonly token: TokenStep;
  readonly destination: Destination;
  /** Whether the keys can be reached from here. */
  readonly online: boolean;
}

/** What to do with the file, in order. */
export function stepsOf(context: StepContext): readonly Step[] {
  const { file, decided, token, destination, online } = context;
  const { loadBalancer } = destination.local ?? {};
  const host = loadBalancer === undefined ? '"$URL"' : shellWord(loadBalancer);
  const [path = ''] = context.answers.paths;
  return [
    {
      title: 'Check it',
      commands: [
        words('npm run check-config --', file, ...parameters(decided), ...listenerPaths(context.answers), '--strict', ...(online ? ['--probe'] : [])), // biome-ignore format: one line
      ],
    },
    {
      title: 'Put it, with the parameters that belong to it',
      commands: [words('npm run policy -- put', file, ...parameters(decided), ...where(destination))],
    },
    token,
    {
      title:
        loadBalancer === undefined
          ? 'Call it, with the deployment in the variable URL, such as https://api.example.com'
          : 'Call it once the change is in force',
      commands: [`${credential(context.preset)} | curl -ig -H @- ${host}${shellWord(examplePath(path))}`],
    },
  ];
}

const words = (command: string, ...rest: readonly string[]): string =>
  [command, ...rest.map(shellWord)].join(' ');

/** As options. A value that begins with a hyphen needs the form with =. */
const parameters = (decided: Decided): string[] =>
  besidePolicy(decided).flatMap(([name, value]) =>
    value.startsWith('-') ? [`--${name}=${value}`] : [`--${name}`, value],
  );

function where({ path, local }: Destination): string[] {
  return [...(path === undefined ? [] : ['--path', path]), ...(local?.options ?? [])];
}

/** The paths that the load balancer has to send to the function, unless check-config assumes them by default. */
const listenerPaths = (answers: Answers): string[] =>
  unsentPaths(answers).length === 0 ? [] : ['--paths', answers.paths.join(',')];

/** Paths that the load balancer does not send to the function by default. */
export const unsentPaths = ({ paths }: Answers): readonly string[] =>
  paths.filter((path) => !/^\/api(?:\/|$)/.test(path));

/** Writes the header field with the token, which stays out of process arguments. */
function credential({ provider }: Preset): string {
  const [place]: readonly (PlaceDocument | undefined)[] = provider?.tokenFrom ?? [];
  const field =
    place !== undefined && 'header' in place ? place : { header: 'Authorization', scheme: 'Bearer' };
  const scheme = field.scheme === undefined ? '' : `${field.scheme} `;
  return `printf '${field.header}: ${scheme}%s' "$TOKEN"`;
}

const examplePath = (pattern: string): string => pattern.replaceAll('*', 'anything').replaceAll('?', 'x');
