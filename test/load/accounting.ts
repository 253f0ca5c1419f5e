/** The kinds of requests, and their responses while nothing is broken. */
export const KINDS = {
  good: { weight: 50, status: 200 },
  'good, with a body': { weight: 10, status: 200 },
  'good, slow upstream': { weight: 5, status: 200 },
  'no token': { weight: 8, status: 401, code: 'token_missing' },
  'bad signature': { weight: 8, status: 401, code: 'signature_invalid' },
  'unknown key': { weight: 5, status: 401, code: 'key_unknown' },
  'no token at all, just text': { weight: 4, status: 401, code: 'token_malformed' },
  'path that can be read in two ways': { weight: 4, status: 400, code: 'path_invalid' },
  'body over 1 MB': { weight: 1, status: 413 },
  'no rule for it': { weight: 5, status: 404 },
} as const satisfies Record<string, { weight: number; status: number; code?: string }>;

export type Kind = keyof typeof KINDS;

/** Parts that are down for a while, and the function's processes, which are killed once. */
export const FAULTS = ['function', 'upstream', 'keys', 'keeper', 's3', 'ssm'] as const;

export type Fault = (typeof FAULTS)[number];

/** The time in which a fault can have an effect, in ms of the run. */
export interface FaultSpan {
  readonly fault: Fault;
  readonly from: number;
  readonly until: number;
}

/** One request and its response. */
export interface Exchange {
  readonly kind: Kind;
  readonly startedAt: number;
  readonly endedAt: number;
  /** Undefined if there was no complete response. */
  readonly response: { readonly status: number; readonly code?: string | undefined } | undefined;
  /** Whether the response belongs to this request and no other. */
  readonly own: boolean;
}

/** Faults that callers may notice. During the others, the next best source serves, so callers notice nothing. */
type Felt = Exclude<Fault, 'keeper' | 's3' | 'ssm'>;

/** Responses that a fault can cause, besides no response. The load balancer's responses have no code. */
const CAUSED: Readonly<Record<Felt, readonly { status: number; code?: string }[]>> = {
  function: [{ status: 502 }],
  upstream: [{ status: 502, code: 'upstream_error' }],
  keys: [{ status: 503, code: 'keys_unavailable' }],
};

/** Requests that reach the upstream, and requests that need keys. */
const NEEDS: Readonly<Record<Felt, (kind: Kind) => boolean>> = {
  // The load balancer's own responses do not depend on the function.
  function: (kind) => kind !== 'body over 1 MB' && kind !== 'no rule for it',
  upstream: (kind) => kind.startsWith('good'),
  keys: (kind) => kind.startsWith('good') || kind === 'unknown key' || kind === 'bad signature',
};

/** Why a request got this response; undefined if nothing explains it. */
export function causeOf(exchange: Exchange, faults: readonly FaultSpan[]): string | undefined {
  const { kind, response, own, startedAt, endedAt } = exchange;
  if (response === undefined || !own) return undefined;
  const matches = (expected: { status: number; code?: string }) =>
    response.status === expected.status && response.code === expected.code;
  if (matches(KINDS[kind])) return 'as asked for';
  const active = faults.filter(({ from, until }) => startedAt <= until && endedAt >= from);
  for (const { fault } of active) {
    if (isFelt(fault) && NEEDS[fault](kind) && CAUSED[fault].some(matches)) return CAUSES[fault];
  }
  return undefined;
}

const isFelt = (fault: Fault): fault is Felt => fault in CAUSED;

const CAUSES: Readonly<Record<Felt, string>> = {
  function: 'the function was killed',
  upstream: 'the upstream was down',
  keys: 'the key endpoint was down',
};

export interface Line {
  readonly kind: Kind;
  readonly status: number | undefined;
  readonly code: string | undefined;
  /** Undefined if nothing explains it. */
  readonly cause: string | undefined;
  readonly count: number;
}

/** Counts exchanges by request, response and cause. */
export function tally(exchanges: readonly Exchange[], faults: readonly FaultSpan[]): Line[] {
  const lines = new Map<string, Line>();
  for (const exchange of exchanges) {
    const { kind, response } = exchange;
    const line = { kind, status: response?.status, code: response?.code, cause: causeOf(exchange, faults) };
    const key = JSON.stringify(Object.values(line).map(String));
    lines.set(key, { ...line, count: (lines.get(key)?.count ?? 0) + 1 });
  }
  const order = Object.keys(KINDS);
  return [...lines.values()].sort(
    (a, b) => order.indexOf(a.kind) - order.indexOf(b.kind) || b.count - a.count,
  );
}

/** The quantile of values at a share from 0 to 1. */
export function quantile(values: readonly number[], part: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN;
}

/** The memory of a process at one time of the run. */
export interface Sample {
  readonly at: number;
  readonly pid: number;
  readonly megabytes: number;
}

/**
 * Growth of the process that grew most, in MB, from the third to the last quarter of its lifetime: by then the heap
 * has reached its normal size.
 */
export function growth(samples: readonly Sample[]): number {
  const byPid = new Map<number, number[]>();
  for (const { pid, megabytes } of samples) byPid.set(pid, [...(byPid.get(pid) ?? []), megabytes]);
  const growths = [...byPid.values()]
    .filter((values) => values.length >= 8)
    .map((values) => {
      const quarter = (index: number) =>
        values.slice(Math.floor((values.length * index) / 4), Math.floor((values.length * (index + 1)) / 4));
      return quantile(quarter(3), 0.5) - quantile(quarter(2), 0.5);
    });
  return growths.length === 0 ? Number.NaN : Math.max(...growths);
}

/** Chooses a kind by the weights; `part` is from 0 to 1. */
export function kindAt(part: number): Kind {
  const kinds = Object.entries(KINDS) as [Kind, { weight: number }][];
  let left = part * kinds.reduce((sum, [, { weight }]) => sum + weight, 0);
  for (const [kind, { weight }] of kinds) {
    left -= weight;
    if (left < 0) return kind;
  }
  return 'good';
}
