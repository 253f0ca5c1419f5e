import type { Parameter } from '@aws-sdk/client-ssm';
import type { ParameterName } from '../../../lambda/contract.ts';
import { type Reading, valuesOf } from '../../../lambda/core/config/reading.ts';
import { readingOf } from '../../../lambda/io/parameter-store.ts';
import { withoutAccepted } from '../../check-config/accepted.ts';
import { type CheckedParameters, checkParameters, type LocatedWarning } from '../../check-config/check.ts';
import { lineOf, quoted } from '../../check-config/report.ts';
import { UPSTREAM_LOOP } from '../../check-config/upstream-loops.ts';
import { counted } from '../../counted.ts';
import { ownAddresses } from '../../deployment/own-addresses.ts';
import { type Place, sameEndpoint } from '../../deployment/place.ts';
import { PARAMETER_NAMES } from '../../parameter-versions.ts';
import { defineCheck, type Facts, type Finding, found, ok, problem, warning } from '../check.ts';

const parameters = defineCheck({
  id: 'parameters',
  title: 'Parameters',
  about:
    "whether all exist and are readable, no placeholder is left, the function's own parser accepts them, and no upstream is an address of the deployment itself; and their versions",
  actions: ['ssm:GetParameters'],
  scope: 'everywhere',
  needs: ['path'],
  wants: ['stack', 'door'],
  gives: ['reading', 'config'],
  async run(facts, { aws, accepted, place, url }) {
    const { path, stack } = facts;
    const stored = await aws.parametersUnder(path);
    const reading = readingOf(path, stored);
    const missing = PARAMETER_NAMES.filter((name) => reading[name] === undefined);
    if (missing.length === PARAMETER_NAMES.length) {
      return found(
        problem(
          `there are none under ${path}`,
          'Check the prefix, the region and the account. If they were deleted: docs/operations.md#create-parameters-by-hand',
        ),
        { reading },
      );
    }
    const checked = await checkParameters(valuesOf(reading), {
      inForce: true,
      ownAddresses: ownAddresses(facts, url),
    });
    const left = withoutAccepted(checked.warnings, accepted);
    const warnings = left.warnings.filter(({ kind }) => kind !== UPSTREAM_LOOP);
    // Named here, because check-config does not know all these addresses.
    const loops = left.warnings
      .filter(({ kind }) => kind === UPSTREAM_LOOP)
      .map((loop) => looping(path, loop));
    const findings = [
      ...missing.map((name) =>
        problem(
          `${path}/${name} is missing`,
          'Create it with the command for it: docs/operations.md#create-parameters-by-hand',
        ),
      ),
      ...encrypted(path, stored),
      ...invalid(checked, reading, { path, stack, place }),
    ];
    if (findings.length > 0) return found(findings, { reading });
    const learnt = { reading, ...(checked.config !== undefined && { config: checked.config }) };
    const valid = warnings.length === 0 ? 'valid' : `valid, with ${counted(warnings.length, 'warning')},`;
    const detail = `${valid} under ${path}: ${summary(checked, reading)}`;
    const useless = left.unused.map((id) =>
      warning(`no warning has the id of --accept ${id}`, 'Leave the option out, or correct the id.'),
    );
    if (warnings.length === 0) return found([ok(detail), ...loops, ...useless], learnt);
    return found(
      [
        warning(
          detail,
          `To list them, run ${checkConfig(path, place)} --strict. To accept one that you intend, use --accept ID.`,
        ),
        ...loops,
        ...useless,
      ],
      learnt,
    );
  },
});

const looping = (path: string, loop: LocatedWarning): Finding =>
  warning(
    `${path}/${lineOf(loop)}`,
    `Put the address of the service with npm run policy -- put. If this is meant, leave it out with --accept ${quoted(loop.id)}`,
  );

/** The function does not ask for decryption, so it gets the encrypted text of a SecureString. */
const encrypted = (path: string, stored: readonly Parameter[]): Finding[] =>
  stored
    .filter(({ Type }) => Type === 'SecureString')
    .map(({ Name = path }) =>
      problem(
        `${Name} is a SecureString, which functions do not decrypt`,
        'Delete it and create it with its own type: docs/operations.md#create-parameters-by-hand',
      ),
    );

/** Maximum number of problems shown; check-config shows all. */
const SHOWN = 5;

interface About {
  readonly path: string;
  readonly stack: Facts['stack'] | undefined;
  readonly place: Place;
}

const checkConfig = (path: string, place: Place): string =>
  `npm run check-config -- --path ${path}${sameEndpoint(place)}`;

function invalid(
  { problems }: CheckedParameters,
  reading: Reading,
  { path, stack, place }: About,
): Finding[] {
  // Missing parameters are already reported.
  const present = problems.filter(({ parameter }) => reading[parameter] !== undefined);
  const findings = present.slice(0, SHOWN).map((fault) => {
    const { parameter, message } = fault;
    const command = /placeholder/.test(message) ? stack?.outputs[COMMANDS[parameter] ?? ''] : undefined;
    return problem(
      `${path}/${lineOf(fault)}`,
      command === undefined
        ? `Correct the parameter. To see whether it is valid, run ${checkConfig(path, place)}`
        : `Run ${command}`,
    );
  });
  const others = present.length - findings.length;
  if (others <= 0) return findings;
  return [
    ...findings,
    problem(counted(others, 'more problem'), `To list them, run ${checkConfig(path, place)}`),
  ];
}

/** Outputs with the command that sets a parameter. */
const COMMANDS: { readonly [name in ParameterName]?: string } = {
  issuer: 'SetIssuer',
  audience: 'SetAudience',
};

function summary({ config, policy }: CheckedParameters, reading: Reading): string {
  const versions = PARAMETER_NAMES.map((name) => `${name} ${reading[name]?.version}`).join(', ');
  const counts = [
    counted(config?.providers.length ?? 0, 'provider'),
    counted(policy.routes?.length ?? 0, 'route'),
  ].join(', ');
  return `${counts}; versions ${versions}`;
}

export const PARAMETER_CHECKS = [parameters] as const;
