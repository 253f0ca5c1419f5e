import { cpus, totalmem } from 'node:os';
import { growth, quantile, tally } from './accounting.ts';
import type { LoadResult } from './load.ts';

/** Growth that counts as none, in MB: what the garbage collector defers varies by this much. */
const FLAT_MEGABYTES = 16;

/** A shorter run ends before the processes have warmed up. */
const JUDGED_SECONDS = 30;

export interface Report {
  /** Markdown. */
  readonly text: string;
  /** The problems; empty for a good run. */
  readonly problems: readonly string[];
}

/** Reports what a run shows, and whether it is good. */
export function report(
  { exchanges, faults, samples }: LoadResult,
  { seconds, connections }: { readonly seconds: number; readonly connections: number },
): Report {
  const lines = tally(exchanges, faults);
  const unexplained = lines.filter(({ cause }) => cause === undefined);
  const lost = unexplained.reduce((sum, { count }) => sum + count, 0);
  const grown = growth(samples);
  const megabytes = samples.map((sample) => sample.megabytes);
  const problems = [
    ...(exchanges.length === 0 ? ['no request was made'] : []),
    ...unexplained.map(
      ({ kind, status, code, count }) =>
        `${count} × "${kind}" got ${status === undefined ? 'no answer' : `${status} ${code ?? ''}`.trim()}, which nothing explains`,
    ),
    ...(seconds >= JUDGED_SECONDS && grown > FLAT_MEGABYTES
      ? [`a process of the function has grown by ${grown.toFixed(0)} MB`]
      : []),
  ];

  const latencies = (kind?: string) =>
    exchanges
      .filter((exchange) => exchange.response !== undefined && (kind === undefined || exchange.kind === kind))
      .map(({ startedAt, endedAt }) => endedAt - startedAt);
  const latency = (name: string, kind?: string) => {
    const values = latencies(kind);
    return row([name, quantile(values, 0.5).toFixed(1), quantile(values, 0.99).toFixed(1)]);
  };
  const text = [
    `${exchanges.length} requests in ${seconds} s over ${connections} connections`,
    `(${Math.round(exchanges.length / seconds)} per second), ${lost} lost or unexplained.`,
    `Machine: ${cpus().length} cores (${cpus()[0]?.model.trim() ?? 'unknown'}), ${Math.round(totalmem() / 2 ** 30)} GB,`,
    `Node.js ${process.versions.node} for the stack; client, load balancer, authorization server, SSM, upstream and`,
    `${connections} processes of the function share it.`,
    '',
    row(['request', 'status', 'code', 'cause', 'count']),
    row(['---', '---', '---', '---', '---:']),
    ...lines.map(({ kind, status, code, cause, count }) =>
      row([
        kind,
        String(status ?? 'none'),
        code === undefined ? '' : `\`${code}\``,
        cause ?? '**unexplained**',
        String(count),
      ]),
    ),
    '',
    row(['latency in ms', 'p50', 'p99']),
    row(['---', '---:', '---:']),
    latency('all'),
    latency('good', 'good'),
    latency('no token', 'no token'),
    '',
    row(['fault', 'from', 'until']),
    row(['---', '---:', '---:']),
    ...faults.map(({ fault, from, until }) => row([fault, second(from), second(until)])),
    '',
    `The function's processes used ${quantile(megabytes, 0).toFixed(0)} to ${quantile(megabytes, 1).toFixed(0)} MB of memory. The one that grew most`,
    `grew by ${grown.toFixed(0)} MB from the third to the last quarter of its time.`,
    '',
  ].join('\n');
  return { text, problems };
}

const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
const second = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;
