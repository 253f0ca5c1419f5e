import type { Result } from './results.ts';

/** A row of the table: the section, our side, the other side, and the names of the results that it sums up. */
type Row = readonly [section: string, ours: string, against: string, names: RegExp];

const ALGORITHMS = ['RS256', 'ES256', 'ES384'] as const;

/** The table of docs/performance.md. An empty cell means the same as above. */
export const ROWS: readonly Row[] = [
  ...ALGORITHMS.map((alg, index): Row => {
    const ours = index === 0 ? 'all of `authorize`, with a token not seen before' : '';
    const against = `\`crypto.verify\` and parsing two JSON texts, ${alg}`;
    return [index === 0 ? 'decision, new token' : '', ours, against, newToken(alg, 'floor')];
  }),
  ...ALGORITHMS.map((alg): Row => ['', '', `jsonwebtoken, ${alg}`, newToken(alg, 'jsonwebtoken')]),
  ...['fast-jwt', 'aws-jwt-verify', 'jose'].map((peer): Row => ['', '', peer, newToken('\\w+', peer)]),
  [
    'decision, token seen before',
    'the same, with a token remembered; revocations, times, route and scope are still checked',
    'fast-jwt with its cache, tokens of 700 B',
    seenBefore('700 B', 'cached'),
  ],
  ['', '', 'fast-jwt with its cache, tokens of 4 KB', seenBefore('4 KB', 'cached')],
  ['', '', 'fast-jwt, cached by text and not by hash, 700 B', seenBefore('700 B', 'cached by text')],
  ['', '', 'fast-jwt, cached by text and not by hash, 4 KB', seenBefore('4 KB', 'cached by text')],
  [
    'rejection',
    'an expired token, or a bad signature',
    'an acceptance',
    /: (?:expired|bad signature), acceptance$/,
  ],
  ['', 'an unknown `kid`', 'an acceptance', /: unknown kid, acceptance$/],
  ['', 'garbage', 'an acceptance', /: garbage, acceptance$/],
  [
    'invocation, median',
    'the authorizer',
    'a handler on aws-jwt-verify',
    /^invocation\/authorizer, aws-jwt-verify: p50$/,
  ],
  ['', '', 'a handler on Powertools and jose', /^invocation\/authorizer, Powertools \+ jose: p50$/],
  ['', '', 'a handler that returns 200', /^invocation\/authorizer, empty authorizer: p50$/],
  [
    '',
    'the load balancer’s handler with `whoami`, with a log line and without',
    'a handler that returns 200',
    /^invocation\/whoami.*: p50$/,
  ],
  ['', 'the same with an upstream', 'a bare `node:http` pass-through', /^invocation\/upstream.*: p50$/],
  [
    'invocation, 99th percentile',
    'the authorizer',
    'a handler on aws-jwt-verify',
    /^invocation\/authorizer, aws-jwt-verify: p99$/,
  ],
  ['', '', 'a handler on Powertools and jose', /^invocation\/authorizer, Powertools \+ jose: p99$/],
  [
    'cold start, services at 20 ms',
    'process start to first response, with the keeper’s snapshot',
    'parameters by @aws-sdk/client-ssm, keys and tokens by jose, bundled with the defaults',
    coldStart(20, 'client-ssm and jose'),
  ],
  ['', '', 'aws-jwt-verify, configured in code', coldStart(20, 'aws-jwt-verify')],
  ['', '', 'the same with keys by the global `fetch`', coldStart(20, 'aws-jwt-verify by fetch')],
  ['', '', 'ours without the keeper', coldStart(20, 'ours without keeper')],
  ['', '', 'our source with the bundler’s defaults', coldStart(20, 'ours, default bundling')],
  ['cold start, services at 0 ms', 'the same', 'an empty function', coldStart(0, 'empty')],
  ['', '', 'aws-jwt-verify, configured in code', coldStart(0, 'aws-jwt-verify')],
  ['bundle', 'of a verifier', 'a limit', /^cold-start\/bundle, limit$/],
  [
    'growth',
    '10 to 1,000 providers or routes, 10 or 100 keys, 1,000 to 200,000 tokens',
    'one of each',
    /^growth\/(?:providers|routes|keys in the set|tokens seen) /,
  ],
  [
    '',
    'a body of 64 KB, 256 KB or 1 MB, from event to request and back',
    'parsing the same JSON and decoding the body',
    /^growth\/body .*, parsing it only$/,
  ],
  ['', 'memory of 200,000 tokens seen', 'a limit', /^growth\/memory of /],
];

function newToken(alg: string, peer: string): RegExp {
  return new RegExp(`^decision/new token ${alg} .*, ${peer}$`);
}

function seenBefore(size: string, cache: string): RegExp {
  return new RegExp(`^decision/seen before \\w+ ${size}, fast-jwt, ${cache}$`);
}

function coldStart(milliseconds: number, peer: string): RegExp {
  return new RegExp(`^cold-start/.* at ${milliseconds} ms, ${peer}$`);
}

export function resultsTable(results: readonly Result[]): string {
  const lines = ROWS.map(([section, ours, against, names]) => {
    const found = results.filter(({ name }) => names.test(name));
    const [first] = found;
    if (first === undefined)
      throw new Error(`bench/results.json has no result like ${names}. Run npm run bench.`);
    return `| ${[section, ours, against, targetOf(first), reachedBy(found)].join(' | ')} |`;
  });
  return ['| section | ours | against | target | reached |', '|---|---|---|---|---|', ...lines].join('\n');
}

const isSize = ({ unit }: Result): boolean => unit === 'KB' || unit === 'MB';

function targetOf(result: Result): string {
  if (isSize(result)) return `${result.against} ${result.unit}`;
  return `${result.target ?? '–'}`;
}

/** The range of the ratios, or of the sizes, and how many of the results miss their target. */
function reachedBy(found: readonly Result[]): string {
  const sorted = found.toSorted((a, b) => a.ratio - b.ratio).map(textOf);
  const [least = '', most = ''] = [sorted[0], sorted.at(-1)];
  const range = least === most ? least : `${least} to ${most}`;
  const missed = found.filter(({ met }) => met === false).length;
  if (missed === 0) return range;
  return `**not met**${missed < found.length ? ` in ${missed} of ${found.length}` : ''}: ${range}`;
}

const textOf = (result: Result): string =>
  isSize(result) ? `${result.ours} ${result.unit}` : result.ratio.toFixed(2);
