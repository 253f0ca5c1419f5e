import { valuesOf } from '../lambda/core/config/reading.ts';
import { fetchDocument } from '../lambda/io/fetch-document.ts';
import { ArgumentError, parseArguments, runCommand } from './arguments.ts';
import { checkParameters } from './check-config/check.ts';
import { completeParameters, STAND_IN_ISSUER } from './check-config/complete-parameters.ts';
import { probeProviders } from './check-config/probe.ts';
import { problemLine, type Report, reportJson, reportLines } from './check-config/report.ts';
import { packedForm } from './check-config/sizes.ts';
import {
  LIVE_HELP,
  LIVE_OPTIONS,
  readArgumentFile,
  readLiveParameters,
  UnreadableParameters,
} from './parameters.ts';

const HELP = `Usage: npm run check-config -- FILE [--revocations FILE] [--issuer ISSUER] …
       npm run check-config -- --path PREFIX [--endpoint-url URL] [--region REGION]

Checks a policy before it is put into SSM, or the parameters that are there, by the function's own parser.
Every problem is printed with its place; then the status is 1. What is valid but probably a mistake is a warning.

  FILE                the value of "policy", as JSON or packed
  --revocations FILE  the value of "revocations"
  --issuer ISSUER     the parameters "issuer", "audience" and "jwks-uri" to go with the file; where they are
  --audience LIST     not given, others stand in for them
  --jwks-uri URL
${LIVE_HELP}
  --probe             fetch discovery documents and key sets as the function would, and list the keys
  --pack              print only the packed form of the file, for policies over SSM's 4 or 8 KB
  --json              print the report as JSON
  --help              print this text`;

const OPTIONS = {
  revocations: { type: 'string' },
  issuer: { type: 'string' },
  audience: { type: 'string' },
  'jwks-uri': { type: 'string' },
  ...LIVE_OPTIONS,
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
    const input = await readInput(parsed).catch((error: unknown) => {
      if (!(error instanceof UnreadableParameters)) throw error;
      console.error(error.message);
      return undefined;
    });
    if (input === undefined) return 1;

    const checked = await checkParameters(input.values);
    const probes =
      values.probe && checked.config
        ? await probeProviders(checked.config.providers, fetchDocument, Date.now)
        : [];
    const warnings = [
      ...input.hints,
      ...checked.warnings.map(tellStandIn),
      ...probes.flatMap((probe) => probe.warnings),
    ];
    const report: Report = { ...input, checked, probes, warnings };
    const status = checked.config === undefined ? 1 : 0;
    if (values.pack) {
      for (const problem of checked.problems) console.error(problemLine(problem, report));
      if (status === 0) console.log(packedForm(input.packable));
    } else if (values.json) {
      console.log(JSON.stringify(reportJson(report), null, 2));
    } else {
      console.log(reportLines(report).join('\n'));
    }
    return status;
  },
});

/** A warning that speaks of the issuer that only stands in says so. */
function tellStandIn(warning: string): string {
  return warning.includes(STAND_IN_ISSUER)
    ? `${warning} (${STAND_IN_ISSUER} stands in, as --issuer is not given)`
    : warning;
}

/** What to check, from files or from the store. */
async function readInput({ values, positionals: [file] }: Arguments) {
  const { path, revocations, issuer, audience } = values;
  if (path === undefined) {
    if (file === undefined && revocations === undefined) {
      throw new ArgumentError('Name a policy FILE, or the prefix of live parameters by --path.');
    }
    if (values['endpoint-url'] !== undefined || values.region !== undefined) {
      throw new ArgumentError('--endpoint-url and --region go with --path.');
    }
    if (values.pack && file !== undefined && revocations !== undefined) {
      throw new ArgumentError('--pack packs one file: the policy or the revocations.');
    }
    const given = {
      policy: file === undefined ? undefined : readArgumentFile(file),
      revocations: revocations === undefined ? undefined : readArgumentFile(revocations),
      issuer,
      audience,
      jwksUri: values['jwks-uri'],
    };
    return {
      values: completeParameters(given),
      hints: [],
      path: undefined,
      files: { policy: file, revocations },
      standIns: issuer === undefined ? ['issuer'] : [],
      packable: given.policy ?? given.revocations ?? '',
    };
  }
  const others = [file, revocations, issuer, audience, values['jwks-uri']];
  if (others.some((value) => value !== undefined) || values.pack) {
    throw new ArgumentError('--path reads all parameters: it goes with no FILE and none of its options.');
  }
  const reading = await readLiveParameters({
    path,
    endpointUrl: values['endpoint-url'],
    region: values.region,
  });
  const found = Object.keys(reading).length > 0;
  const hint = `there is no parameter under ${path}: is the prefix, the region or the account another?`;
  return {
    values: valuesOf(reading),
    hints: found ? [] : [hint],
    path,
    files: {},
    standIns: [],
    packable: '',
  };
}
