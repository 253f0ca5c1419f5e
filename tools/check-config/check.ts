import { PARAMETERS, type ParameterName } from '../../lambda/contract.ts';
import type { Config } from '../../lambda/core/config/config.ts';
import { withoutPlace } from '../../lambda/core/config/json-fault.ts';
import { parseConfig } from '../../lambda/core/config/parse.ts';
import type { PolicyDocument } from '../../lambda/core/config/policy-schema.ts';
import type { ParameterValues } from '../../lambda/core/config/read-parameter.ts';
import type { Warning } from '../../lambda/core/config/warning.ts';
import { policyDocumentOf } from '../policy-document.ts';
import type { OwnAddress } from './own-address.ts';
import { createLocate, JSON_PARAMETERS, type Locate, type Location } from './places.ts';
import { routeName } from './route-names.ts';
import { type Size, sizeOf, sizeWarning } from './sizes.ts';
import { warningsOf } from './warnings.ts';

interface Found {
  readonly parameter: ParameterName;
  /** In the wording of the function's log. Begins with the place within the parameter, if there is one. */
  readonly message: string;
  /** The location in the (unpacked) text of a JSON parameter: offsets for an editor, a line for a person. */
  readonly location: Location | undefined;
}

/** What makes parameters invalid. */
export interface LocatedProblem extends Found {
  readonly severity: 'error';
}

/** Something valid that is most likely not intended. */
export interface LocatedWarning extends Found {
  readonly severity: 'warning';
  readonly kind: string;
  /** Stable as long as the thing that it is about keeps its name, whatever else is in the policy. */
  readonly id: string;
}

export interface CheckedParameters {
  readonly problems: readonly LocatedProblem[];
  /** Only for a valid configuration. An invalid one is not judged further. */
  readonly warnings: readonly LocatedWarning[];
  /** Undefined if there are problems. */
  readonly config: Config | undefined;
  readonly policy: PolicyDocument;
  readonly sizes: Readonly<Partial<Record<ParameterName, Size>>>;
}

export interface CheckOptions {
  /** Path patterns of the listener rules. Without them, no route counts as outside. */
  readonly listenerPaths?: readonly string[] | undefined;
  /** Addresses of the deployment, as far as they are known; none by default. None of them should be an upstream. */
  readonly ownAddresses?: readonly OwnAddress[];
  /** Whether these are the live parameters, which may be as old as the deployment; false by default. */
  readonly inForce?: boolean;
}

/** Parses parameters as the function does, and reviews valid ones as a reader would. Never throws for a value. */
export async function checkParameters(
  values: ParameterValues,
  { listenerPaths, ownAddresses = [], inForce = false }: CheckOptions = {},
): Promise<CheckedParameters> {
  const parsed = await parseConfig(values, 'as given');
  const locate = createLocate(values);
  const policy = policyDocumentOf(values);
  if ('problems' in parsed) {
    const problems = parsed.problems.map(({ parameter, message }) => ({
      severity: 'error' as const,
      parameter,
      message: withoutPlace(message),
      location: locate(parameter, message, 'whole'),
    }));
    return { problems: inPlace(problems), warnings: [], config: undefined, policy, sizes: {} };
  }
  const { config } = parsed;
  const sizes = JSON_PARAMETERS.map((name) => [name, sizeOf(values[name] ?? '')] as const);
  const warnings = [
    ...warningsOf({ policy, config, listenerPaths, ownAddresses, inForce }),
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

/** Sorted by parameter and by place in its text, which is how a person goes through them. */
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

/** The place that a warning is about, with a name for its route that stays the same when routes are added before it. */
function placeName({ message }: Warning, { routes = [] }: PolicyDocument): string[] {
  const [, index, provider, within = ''] =
    /^(?:routes\.(\d+)|providers\.([a-z0-9-]+))(\.\S*?)?(?=:? |$)/.exec(message) ?? [];
  const route = index === undefined ? undefined : routes[Number(index)];
  const name = route === undefined ? provider : routeName(route).replaceAll(' ', '');
  return name === undefined ? [] : [`${name}${within}`];
}
