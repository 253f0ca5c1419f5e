import type { ParameterValues } from '../lambda/core/config/read-parameter.ts';
import { valuesOf, versionOf } from '../lambda/core/config/reading.ts';
import { fetchDocument } from '../lambda/io/fetch-document.ts';
import { ArgumentError, CommandFailure, runCommand } from './arguments.ts';
import { completeParameters } from './check-config/complete-parameters.ts';
import { type ExplainArguments, HELP, parseExplainArguments } from './explain/arguments.ts';
import { configurationOf } from './explain/configuration.ts';
import { type Explanation, explain } from './explain/explain.ts';
import { explainRequest } from './explain/explain-request.ts';
import { UnreadablePaste } from './explain/paste/pasted.ts';
import { readPaste } from './explain/read-paste.ts';
import { invalidConfig, render, renderJson } from './explain/render.ts';
import { renderLogged, renderLoggedJson } from './explain/render-logged.ts';
import type { RequestArguments } from './explain/request-arguments.ts';
import { readArgumentBytes, readArgumentFile, readLiveParameters } from './parameters.ts';
import { paintFor } from './terminal-colors.ts';

await runCommand({
  help: HELP,
  async run(args) {
    const parsed = parseExplainArguments(args, process.env);
    const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
    if (parsed.kind === 'request') return tellRequest(parsed, timeZone);
    const stored = await readSource(parsed.source);
    const configured = await configurationOf(stored.values, stored.version, {
      bodies: parsed.frontDoor.kind !== 'api-gateway',
    });
    if ('problems' in configured) {
      const path = parsed.source.kind === 'live' ? parsed.source.path : undefined;
      const { problems } = configured;
      console.log(parsed.json ? JSON.stringify({ problems }, null, 2) : invalidConfig(problems, path));
      return 1;
    }
    const explanation = await explain({
      ...parsed,
      ...configured,
      request: withBody(parsed),
      pasted: parsed.isPasted ? await readPaste() : undefined,
      fetchDocument,
      now: parsed.now ?? Date.now(),
      timeZone,
    }).catch((error: unknown) => {
      throw error instanceof UnreadablePaste ? new ArgumentError(error.message) : error;
    });
    const paint = paintFor(process.stdout, process.env);
    console.log(parsed.json ? renderJson(explanation) : render(explanation, paint));
    return statusOf(explanation);
  },
});

function withBody({ request, bodyFile }: ExplainArguments): ExplainArguments['request'] {
  if (bodyFile === undefined) return request;
  return { ...request, body: readArgumentBytes(bodyFile) };
}

/** 0 promises that the request is let through, which an unverified signature cannot. */
function statusOf({ verdict: { allowed, onlyIf } }: Explanation): number {
  if (!allowed) return 1;
  return onlyIf === undefined ? 0 : 3;
}

async function tellRequest(args: RequestArguments, timeZone: string): Promise<number> {
  const report = await explainRequest(args, Date.now());
  const paint = paintFor(process.stdout, process.env);
  console.log(args.json ? renderLoggedJson(report) : renderLogged(report, timeZone, paint));
  return report.decisions.length > 0 ? 0 : 1;
}

async function readSource(
  source: ExplainArguments['source'],
): Promise<{ readonly values: ParameterValues; readonly version: string }> {
  if (source.kind === 'live') {
    const reading = await readLiveParameters(source);
    if (Object.keys(reading).length === 0) throw new CommandFailure(nothingUnder(source));
    return { values: valuesOf(reading), version: versionOf(reading) };
  }
  const { policy, revocations } = source;
  const values = completeParameters({
    ...source,
    policy: policy === undefined ? undefined : readArgumentFile(policy),
    revocations: revocations === undefined ? undefined : readArgumentFile(revocations),
  });
  return { values, version: versionOf({}) };
}

function nothingUnder({ path, region }: Extract<ExplainArguments['source'], { kind: 'live' }>): string {
  const where = region === undefined ? path : `${path} in ${region}`;
  return `There are no parameters under ${where}. Check --path (a stack of another name has /STACKNAME), --region, and the account (aws sts get-caller-identity).`;
}
