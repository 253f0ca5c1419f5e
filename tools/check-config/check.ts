import { PARAMETERS, type ParameterName } from '../../lambda/contract.ts';
import type { Config } from '../../lambda/core/config/config.ts';
import { parseConfig } from '../../lambda/core/config/parse.ts';
import type { PolicyDocument } from '../../lambda/core/config/policy-schema.ts';
import type { ParameterValues } from '../../lambda/core/config/read-parameter.ts';
import type { Warning } from '../../lambda/core/config/warning.ts';
import { policyDocumentOf } from '../policy-document.ts';
import { createLocate, JSON_PARAMETERS, type Locate, type Location } from './places.ts';
import { routeName } from './route-names.ts';
import { type Size, sizeOf, sizeWarning } from './sizes.ts';
import { warningsOf } from './warnings.ts';

interface Found {
  readonly parameter: ParameterName;
  /** In the words of the function's log; begins with the place within the parameter, if it has one. */
  readonly message: string;
  /** Where that is in the (unpacked) text of a parameter that is JSON: offsets for an editor, a line for a person. */
  readonly location: Location | undefined;
}

/** What makes parameters invalid. */
export interface LocatedProblem extends Found {
  readonly severity: 'error';
}

/** What is valid and most likely not meant. */
export interface LocatedWarning extends Found {
  readonly severity: 'warning';
  readonly kind: string;
  /** Names it as long as what it is about has its name, whatever else is in the policy. */
  readonly id: string;
}

export interface CheckedParameters {
  readonly problems: readonly LocatedProblem[];
  /** Those of a valid configuration: what is not valid is not judged further. */
  readonly warnings: readonly LocatedWarning[];
  /** Undefined where there are problems. */
  readonly config: Config | undefined;
  readonly policy: PolicyDocument;
  readonly sizes: Readonly<Partial<Record<ParameterName, Size>>>;
}

export interface CheckOptions {
  /** Path patterns that the listener rules have; where they are not given, no route is said to be outside. */
  readonly listenerPaths?: readonly string[] | undefined;
  /** Whether these are the parameters in force, which may be as old as the deployment; false by default. */
  readonly inForce?: boolean;
}

/** Parses parameters as the function does, and looks at what parses with a reader's eyes. Never throws for a value. */
export async function checkParameters(
  values: ParameterValues,
  { listenerPaths, inForce = false }: CheckOptions = {},
): Promise<CheckedParameters> {
  const parsed = await parseConfig(values, 'as given');
  const locate = createLocate(values);
  const policy = policyDocumentOf(values);
  if ('problems' in parsed) {
    const problems = parsed.problems.map(({ parameter, message }) => ({
      severity: 'error' as const,
      parameter,
      message,
      location: locate(parameter, message, 'whole'),
    }));
    return { problems: inPlace(problems), warnings: [], config: undefined, policy, sizes: {} };
  }
  const { config } = parsed;
  const sizes = JSON_PARAMETERS.map((name) => [name, sizeOf(values[name] ?? '')] as const);
  const warnings = [
    ...warningsOf({ policy, config, listenerPaths, inForce }),
    ...sizes.flatMap(([name, size]) => sizeWarning(name, size) ?? []),
  ];
  return {
    problems: [],
    warnings: inPlace(warnings.map((warning) => located(warning, policy, locate))),
    config,
    policy,
    sizes: Object.fromEntries(sizes),
  };
}

/** In the order of the parameters and of their text, in which a person goes through them. */
const inPlace = <F extends Found>(found: readonly F[]): F[] =>
  [...found].sort(
    (a, b) =>
      NAMES.indexOf(a.parameter) - NAMES.indexOf(b.parameter) ||
      (a.location?.start ?? 0) - (b.location?.start ?? 0),
  );

const NAMES = Object.keys(PARAMETERS);

function located({ subject, ...warning }: Warning, policy: PolicyDocument, locate: Locate): LocatedWarning {
  const about = subject === undefined ? placeName(warning, policy) : [subject];
  return {
    severity: 'warning',
    ...warning,
    id: [warning.parameter, warning.kind, ...about].join(':'),
    location: locate(warning.parameter, warning.message),
  };
}

/** The place that a warning is about, with a name for its route that stays when routes are put before it. */
function placeName({ message }: Warning, { routes = [] }: PolicyDocument): string[] {
  const [, index, provider, within = ''] =
    /^(?:routes\.(\d+)|providers\.([a-z0-9-]+))(\.\S*?)?(?=:? |$)/.exec(message) ?? [];
  const route = index === undefined ? undefined : routes[Number(index)];
  const name = route === undefined ? provider : routeName(route).replaceAll(' ', '');
  return name === undefined ? [] : [`${name}${within}`];
}
