import { setTimeout as delay } from 'node:timers/promises';
import { ArgumentError, parseArguments, runCommand } from './arguments.ts';
import { PLACE_HELP, PLACE_OPTIONS, takePlace } from './deployment/place.ts';
import { checksFor } from './doctor/checks.ts';
import { TimeIsUp } from './doctor/finding-of.ts';
import { realWorld } from './doctor/real-world.ts';
import { exitStatus, reportJson, resultLines, summaryLine } from './doctor/report.ts';
import { runChecks } from './doctor/run-checks.ts';
import { paintFor } from './terminal-colors.ts';

const HELP = `Usage: npm run doctor [-- [--stack NAME | --path PREFIX] [--region REGION] [--url URL] …]
       npm run doctor -- --local [--port N]

Checks everything between this machine and the response to a request: the tools, the credentials, the stack, its certificate
and its name, the parameters, the keys, the keeper, the alarms, and one request without a token. Each check prints a line, with the
remedy below it if something is wrong. Checks come in the order in which they depend on each other, so start with the first
problem. Before the first deploy it says what to do next. It changes nothing; it runs the keeper once, as its schedule does.

${PLACE_HELP}
  --url URL           send the request there instead of to the addresses in the stack's outputs
  --accept ID         leave out the check-config warning with this ID; may be repeated
  --strict            end with status 1 for warnings too
  --json              print one JSON document
  --help              print this text

Status: 0 if there is no problem, 1 if there is one, and 2 for bad arguments.`;

const OPTIONS = {
  ...PLACE_OPTIONS,
  url: { type: 'string' },
  accept: { type: 'string', multiple: true },
  strict: { type: 'boolean' },
  json: { type: 'boolean' },
} as const;

/** For one check, and for all of them, in ms. */
const CHECK_MS = 40_000;
const ALL_MS = 90_000;

await runCommand({
  help: HELP,
  async run(args) {
    const parsed = parseArguments(args, OPTIONS);
    const { url, accept = [], strict = false, json = false } = parsed.values;
    const place = takePlace(parsed);
    // The checks change nothing, so nothing has to be undone.
    for (const [name, status] of [
      ['SIGINT', 130],
      ['SIGTERM', 143],
    ] as const) {
      process.once(name, () => process.exit(status));
    }
    const ended = new AbortController();
    const signal = AbortSignal.any([ended.signal, AbortSignal.timeout(ALL_MS)]);
    const paint = paintFor(process.stdout, process.env);
    const results = await runChecks({
      checks: checksFor(place),
      world: realWorld(place, { url: parseUrl(url), accepted: accept, signal }),
      timeIsUp: async () => {
        await delay(CHECK_MS, undefined, { signal }).catch(() => {});
        throw new TimeIsUp('did not finish in time');
      },
      onResult: (result) => {
        if (!json) console.log(resultLines(result, paint).join('\n'));
      },
    });
    ended.abort();
    console.log(
      json ? JSON.stringify(reportJson(results, strict), null, 2) : summaryLine(results, strict, paint),
    );
    const status = exitStatus(results, strict);
    // A call that did not finish in time, such as a credential_process, would keep the process alive.
    process.stdout.write('', () => process.exit(status));
    return status;
  },
});

function parseUrl(text: string | undefined): URL | undefined {
  if (text === undefined) return undefined;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url !== undefined && /^https?:$/.test(url.protocol) && url.username === '' && url.password === '') {
    return url;
  }
  throw new ArgumentError(
    '--url takes a URL such as https://api.example.com/api/: http or https, without a password.',
  );
}
