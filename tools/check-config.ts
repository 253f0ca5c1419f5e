import { DISCOVER } from '../lambda/core/config/key-location.ts';
import { valuesOf } from '../lambda/core/config/reading.ts';
import { DEFAULT_PROVIDER } from '../lambda/core/provider.ts';
import { fetchDocument } from '../lambda/io/fetch-document.ts';
import { ArgumentError, parseArguments, runCommand } from './arguments.ts';
import { uselessAccept, withoutAccepted } from './check-config/accepted.ts';
import { checkParameters, type LocatedWarning } from './check-config/check.ts';
import { completeParameters, isOfStandIn } from './check-config/complete-parameters.ts';
import { probeProviders } from './check-config/probe.ts';
import { readPaths } from './check-config/read-paths.ts';
import { findingLine, type Report, reportJson, reportLines, statusOf } from './check-config/report.ts';
import { packedForm } from './check-config/sizes.ts';
import { ownAddressesUnder } from './deployment/own-addresses.ts';
import { harmlessLine } from './harmless.ts';
import { LIVE_HELP, LIVE_OPTIONS, readArgumentFile, readLiveParameters } from './parameters.ts';

const HELP = `Usage: npm run check-config -- FILE [--revocations FILE] [--issuer ISSUER] …
       npm run check-config -- --issuer ISSUER        (or any other parameter alone)
       npm run check-config -- --path PREFIX [--endpoint-url URL] [--region REGION]

Checks a policy before you put it into SSM, or the parameters already there, with the function's own parser.
Prints every problem with its place, and then ends with status 1. Valid values that are probably a mistake are warnings.

  FILE                the value of "policy", as JSON or packed
  --revocations FILE  the value of "revocations"
  --issuer ISSUER     the other parameters, with the files or on their own. Placeholders stand in for those
  --audience LIST     that you leave out, and are not reported on
  --jwks-uri URL
  --upstream URL
${LIVE_HELP}
  --paths LIST        path patterns sent to the function, separated by commas: /api/* by default,
                      * for any; a route outside them is a warning
  --strict            fail on warnings as well, with status 1
  --accept ID         leave out the warning with this ID, because it is intended; may be repeated.
                      --strict and cdk synth print the IDs
  --probe             fetch discovery documents and key sets as the function would, list the keys, and fail
                      if a provider has none; where keys are fetched by kid, only whether the endpoint responds
  --pack              print only the packed form of the file, for policies over SSM's 4 or 8 KB
  --json              print the report as JSON
  --help              print this text`;

/** The deployment's own default. */
const LISTENER_PATHS = '/api/*';

const OPTIONS = {
  revocations: { type: 'string' },
  issuer: { type: 'string' },
  audience: { type: 'string' },
  'jwks-uri': { type: 'string' },
  upstream: { type: 'string' },
  ...LIVE_OPTIONS,
  paths: { type: 'string' },
  strict: { type: 'boolean' },
  accept: { type: 'string', multiple: true },
  probe: { type: 'boolean' },
  pack: { type: 'boolean' },
  json: { type: 'boolean' },
} as const;

type Arguments = ReturnType<typeof parseArguments<typeof OPTIONS>>;

await runCommand({
  help: HELP,
  async run(args) {
    const parsed = parseArguments(args, OPTIONS, 1);
    const { values } = parsed;
    const listenerPaths = readPaths(values.paths ?? LISTENER_PATHS);
    const input = await readInput(parsed);

    const { ownAddresses, path } = input;
    const checked = await checkParameters(input.values, {
      listenerPaths,
      ownAddresses,
      inForce: path !== undefined,
    });
    const providers =
      checked.config?.providers.filter(({ name }) => !(name === DEFAULT_PROVIDER && input.standsIn)) ?? [];
    const issuerStandsIn = input.standIns.some((name) => name === 'issuer');
    const probes = values.probe
      ? await probeProviders(
          providers,
          fetchDocument,
          Date.now,
          ({ name }) => !(name === DEFAULT_PROVIDER && issuerStandsIn),
        )
      : [];
    const { warnings, accepted, unused } = withoutAccepted(
      checked.warnings
        .filter((warning) => !(issuerStandsIn && isOfStandIn(warning, checked.policy)))
        .map((warning) => (values.paths === undefined ? withAssumption(warning) : warning)),
      values.accept ?? [],
    );
    const report: Report = {
      ...input,
      checked,
      probes,
      warnings,
      accepted,
      // An invalid policy has no warnings at all, so an unused --accept means nothing.
      hints: [...input.hints, ...(checked.config === undefined ? [] : unused.map(uselessAccept))],
      strict: values.strict ?? false,
    };
    const status = statusOf(report);
    if (values.pack) {
      for (const finding of [...(values.strict ? warnings : []), ...checked.problems]) {
        console.error(harmlessLine(findingLine(finding, report)));
      }
      if (status === 0) console.log(packedForm(input.packable));
    } else if (values.json) {
      console.log(JSON.stringify(reportJson(report), null, 2));
    } else {
      console.log(reportLines(report).join('\n'));
    }
    return status;
  },
});

/** A warning based on the default of `--paths` holds only if the deployment has that default too. */
function withAssumption(warning: LocatedWarning): LocatedWarning {
  if (warning.kind !== 'path-not-sent') return warning;
  return { ...warning, message: `${warning.message}; if the option already has it, repeat it with --paths` };
}

/** What to check, from files or from the store. */
async function readInput({ values, positionals: [file] }: Arguments) {
  const { path, revocations, issuer, audience, upstream } = values;
  const others = [file, revocations, issuer, audience, values['jwks-uri'], upstream];
  const isGiven = others.some((value) => value !== undefined);
  if (path === undefined) {
    if (!isGiven) {
      throw new ArgumentError(
        'Name a policy FILE, a parameter such as --issuer, or the live parameters with --path.',
      );
    }
    if (values['endpoint-url'] !== undefined || values.region !== undefined) {
      throw new ArgumentError('--endpoint-url and --region need --path.');
    }
    if (values.pack && (file === undefined) === (revocations === undefined)) {
      throw new ArgumentError('--pack packs one file: the policy or the revocations.');
    }
    const given = {
      policy: file === undefined ? undefined : readArgumentFile(file),
      revocations: revocations === undefined ? undefined : readArgumentFile(revocations),
      issuer,
      audience,
      jwksUri: values['jwks-uri'],
      upstream,
    };
    return {
      values: completeParameters(given),
      ownAddresses: [],
      hints: [],
      path: undefined,
      files: { policy: file, revocations },
      standIns: issuer === undefined ? (['issuer'] as const) : [],
      // Either of the two is enough to find the keys.
      standsIn: issuer === undefined && [undefined, DISCOVER].includes(values['jwks-uri']),
      packable: given.policy ?? given.revocations ?? '',
    };
  }
  if (isGiven || values.pack) {
    throw new ArgumentError(
      '--path reads all parameters: leave out FILE and the options for single parameters.',
    );
  }
  const { region, 'endpoint-url': endpointUrl } = values;
  const reading = await readLiveParameters({ path, endpointUrl, region });
  const found = Object.keys(reading).length > 0;
  const hint = `there are no parameters under ${path}: check the prefix, the region and the account`;
  const endpoint = endpointUrl === undefined ? undefined : new URL(endpointUrl);
  return {
    values: valuesOf(reading),
    ownAddresses: await ownAddressesUnder({ stack: undefined, path, endpoint, local: false, region }),
    hints: found ? [] : [hint],
    path,
    files: {},
    standIns: [],
    standsIn: false,
    packable: '',
  };
}
