import type { ParameterValues } from '../lambda/core/config/read-parameter.ts';
import { valuesOf, versionOf } from '../lambda/core/config/reading.ts';
import { type FetchDocument, fetchDocument } from '../lambda/io/fetch-document.ts';
import { ArgumentError, runCommand } from './arguments.ts';
import { UnreadableLog } from './cloud-watch-logs.ts';
import { completeParameters } from './check-config/complete-parameters.ts';
import { type ExplainArguments, HELP, parseExplainArguments } from './explain/arguments.ts';
import { configurationOf } from './explain/configuration.ts';
import { explain } from './explain/explain.ts';
import { explainRequest } from './explain/explain-request.ts';
import { MAX_INPUT } from './explain/pasted-token.ts';
import { invalidConfig, render, renderJson } from './explain/render.ts';
import { renderLogged, renderLoggedJson } from './explain/render-logged.ts';
import type { RequestArguments } from './explain/request-arguments.ts';
import { readArgumentFile, readLiveParameters, UnreadableParameters } from './parameters.ts';

const refuse: FetchDocument = (url) =>
  Promise.reject(new Error(`${url.href}: not fetched, because of --offline`));

await runCommand({
  help: HELP,
  async run(args) {
    const parsed = parseExplainArguments(args, process.env);
    const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
    if (parsed.kind === 'request') return tellRequest(parsed, timeZone);
    const stored = await readSource(parsed.source).catch((error: unknown) => {
      if (!(error instanceof UnreadableParameters)) throw error;
      console.error(error.message);
      return undefined;
    });
    if (stored === undefined) return 1;
    const configured = await configurationOf(stored.values, stored.version);
    if ('problems' in configured) {
      const path = parsed.source.kind === 'live' ? parsed.source.path : undefined;
      const { problems } = configured;
      console.log(parsed.json ? JSON.stringify({ problems }, null, 2) : invalidConfig(problems, path));
      return 1;
    }
    const explanation = await explain({
      ...parsed,
      ...configured,
      pasted: await readToken(),
      fetchDocument: parsed.offline ? refuse : fetchDocument,
      now: parsed.now ?? Date.now(),
      timeZone,
    });
    console.log(parsed.json ? renderJson(explanation) : render(explanation));
    return explanation.verdict.allowed ? 0 : 1;
  },
});

async function tellRequest(args: RequestArguments, timeZone: string): Promise<number> {
  try {
    const report = await explainRequest(args, Date.now());
    console.log(args.json ? renderLoggedJson(report) : renderLogged(report, timeZone));
    return report.decisions.length > 0 ? 0 : 1;
  } catch (error) {
    if (!(error instanceof UnreadableLog)) throw error;
    console.error(error.message);
    return 1;
  }
}

async function readSource(
  source: ExplainArguments['source'],
): Promise<{ readonly values: ParameterValues; readonly version: string }> {
  if (source.kind === 'live') {
    const reading = await readLiveParameters(source);
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

async function readToken(): Promise<string> {
  if (process.stdin.isTTY) {
    console.error(
      'Paste the token, then press Enter and Ctrl-D. A terminal cuts long lines: rather pipe it in.',
    );
  }
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of process.stdin as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_INPUT) throw new ArgumentError('Standard input holds far more than a token.');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
