import { MAX_CANDIDATES as MAX_PROVIDERS_TRIED } from '../lambda/core/authenticate.ts';
import { MAX_UNPACKED_BYTES } from '../lambda/core/config/pack.ts';
import {
  MAX_TOKEN as MAX_PREFLIGHT_NAME,
  MAX_TOKENS as MAX_PREFLIGHT_NAMES,
} from '../lambda/core/http/cors.ts';
import { MAX_IDENTITY_VALUE } from '../lambda/core/http/identity-headers.ts';
import { MAX_TOKEN_LENGTH } from '../lambda/core/jwt/decode.ts';
import { MAX_KID_LENGTH } from '../lambda/core/jwt/header.ts';
import { MAX_KEYS, MAX_LISTED_KEYS } from '../lambda/core/keys/key-set.ts';
import { MAX_KEY_SET_AGE_MS } from '../lambda/core/keys/max-age.ts';
import { MAX_CANDIDATES as MAX_KEYS_TRIED } from '../lambda/core/keys/select.ts';
import { MAX_NAME } from '../lambda/core/mcp/mcp-message.ts';
import { MAX_CHARACTERS, MAX_READINGS } from '../lambda/core/paths/readings.ts';
import { MAX_KEY_SETS, MAX_VALUE } from '../lambda/core/snapshot/snapshot-schema.ts';
import {
  MAX_TOKENS as MAX_REMEMBERED,
  MAX_BYTES as MAX_REMEMBERED_BYTES,
} from '../lambda/core/token-memory.ts';
import { MAX_ALB_RESPONSE_BYTES, MAX_ALB_RESPONSE_HEADER_BYTES } from '../lambda/events/alb.ts';
import { TIMEOUT_MS as FETCH_MS, MAX_BYTES as MAX_DOCUMENT_BYTES } from '../lambda/io/fetch-document.ts';
import { CONNECT_TIMEOUT_MS } from '../lambda/io/http-client.ts';
import { MAX_LINE_BYTES } from '../lambda/io/log-line.ts';
import { MARGIN_MS } from '../lambda/io/upstream.ts';
import { counted } from './code-accounts/account.ts';
import type { JsonSchema } from './json-schemas.ts';

type Row = readonly [what: string, limit: string, beyond: string];

const bytes = (count: number): string =>
  count % 2 ** 20 === 0
    ? `${count / 2 ** 20} MB`
    : count % 1024 === 0
      ? `${count / 1024} KB`
      : `${counted(count)} bytes`;
const characters = (count: number): string => `${counted(count)} characters`;
const seconds = (ms: number): string => `${ms / 1000} s`;

/** The tables of docs/limits.md whose numbers come from code. */
export function limitTables(policy: JsonSchema): ReadonlyMap<string, string> {
  const { routes, resources } = policy.properties ?? {};
  return new Map([
    ['requests', table(REQUESTS)],
    ['configuration', table(configuration(routes, resources))],
    ['time', table(TIMES)],
  ]);
}

const table = (rows: readonly Row[]): string =>
  ['| what | limit | beyond it |', '|---|---|---|', ...rows.map((row) => `| ${row.join(' | ')} |`)].join(
    '\n',
  );

const REQUESTS: readonly Row[] = [
  [
    "the upstream's response, as JSON, with its header section",
    bytes(MAX_ALB_RESPONSE_BYTES),
    "502 [`upstream_response_too_large`](codes.md#upstream_response_too_large), instead of the load balancer's 502",
  ],
  [
    'header section of such a response',
    bytes(MAX_ALB_RESPONSE_HEADER_BYTES),
    '502 [`upstream_response_too_large`](codes.md#upstream_response_too_large)',
  ],
  [
    'header fields in a preflight request',
    `${MAX_PREFLIGHT_NAMES}, of at most ${characters(MAX_PREFLIGHT_NAME)} each`,
    'the response leaves the others out, so browsers do not send a request with them',
  ],
  ['token', characters(MAX_TOKEN_LENGTH), '401 [`token_malformed`](codes.md#token_malformed)'],
  ['`kid` of a token', characters(MAX_KID_LENGTH), '401 [`token_malformed`](codes.md#token_malformed)'],
  [
    'each identity header, encoded',
    characters(MAX_IDENTITY_VALUE),
    '403 [`identity_unforwardable`](codes.md#identity_unforwardable)',
  ],
  [
    'readings of one path, and their total length',
    `${MAX_READINGS}, ${bytes(MAX_CHARACTERS)}`,
    '400 [`path_invalid`](codes.md#path_invalid)',
  ],
  [
    'method and name of a message, on a path with [MCP routes](policy.md#mcp-routes)',
    characters(MAX_NAME),
    '400 [`mcp_request_invalid`](codes.md#mcp_request_invalid)',
  ],
  [
    'keys tried for one signature, if the token has no `kid` or several keys have the same one',
    String(MAX_KEYS_TRIED),
    '401 [`key_unknown`](codes.md#key_unknown)',
  ],
  [
    'tokens that an environment remembers, and the memory for them',
    `${counted(MAX_REMEMBERED)}, ${bytes(MAX_REMEMBERED_BYTES)}`,
    'older tokens are verified again',
  ],
  [
    'log line of a request',
    bytes(MAX_LINE_BYTES + 1),
    'long strings in it are truncated, but never the request id or the code',
  ],
];

const configuration = (routes: JsonSchema | undefined, resources: JsonSchema | undefined): readonly Row[] => [
  ["value of a parameter, in SSM's advanced tier", bytes(MAX_VALUE), 'SSM rejects it'],
  [
    'a packed policy, after unpacking',
    bytes(MAX_UNPACKED_BYTES),
    'invalid: the last good one stays in force',
  ],
  ['routes', counted(routes?.maxItems ?? 0), 'invalid'],
  ['pattern of a route', characters(routes?.items?.properties?.path?.maxLength ?? 0), 'invalid'],
  ['resources', counted(resources?.maxItems ?? 0), 'invalid'],
  ['providers', 'as many as fit into the parameter', ''],
  ['providers of one route with the same issuer', String(MAX_PROVIDERS_TRIED), 'invalid'],
  [
    'keys that are used from one set, and keys that it may list',
    `${MAX_KEYS}, ${counted(MAX_LISTED_KEYS)}`,
    'the function leaves the others out and logs that; it rejects a longer list as a whole',
  ],
  [
    'key set or discovery document',
    bytes(MAX_DOCUMENT_BYTES),
    'the fetch fails, and known keys stay in use, as while the endpoint is down',
  ],
  ['key sets in the snapshot', String(MAX_KEY_SETS), 'verifiers fetch the other key sets themselves'],
];

const TIMES: readonly Row[] = [
  [
    'connecting to an upstream, with TLS',
    seconds(CONNECT_TIMEOUT_MS),
    '504 [`upstream_timeout`](codes.md#upstream_timeout)',
  ],
  [
    'the first byte of its response',
    '`firstByteTimeoutSeconds` of the policy; none by default',
    '504 [`upstream_timeout`](codes.md#upstream_timeout)',
  ],
  [
    'its whole response',
    `the rest of \`timeoutSeconds\`, minus ${seconds(MARGIN_MS)}`,
    '504 [`upstream_timeout`](codes.md#upstream_timeout)',
  ],
  [
    'fetching a key set or discovery document',
    seconds(FETCH_MS),
    'known keys stay in use; without any, 503 [`keys_unavailable`](codes.md#keys_unavailable)',
  ],
  [
    'use of keys while their endpoint is down',
    `${MAX_KEY_SET_AGE_MS / 3_600_000} hours`,
    '503 [`keys_unavailable`](codes.md#keys_unavailable)',
  ],
];
