import { type BasePaths, basePathsOf, withoutPrefix } from '../core/base-paths.ts';
import type { FoundPath } from '../core/verdict.ts';

import type { ExecuteApiArn } from './execute-api-arn.ts';
import { decodePath, encodePath } from './path-spelling.ts';

/** What is known of a kind of API, from AWS's documentation and from events that were captured. */
interface Api {
  /** Whether its events have the path decoded. */
  readonly decodes: boolean;
  /** Whether the path begins with a named stage on the API's own domain; undefined where both have been seen. */
  readonly stageInPath: boolean | undefined;
  /** Whether the ARN always has the path of the request, though encoded or not. */
  readonly arnHasPath: boolean;
}

export const REST_API: Api = { decodes: false, stageInPath: false, arnHasPath: true };
export const HTTP_API_V1: Api = { decodes: true, stageInPath: undefined, arnHasPath: false };
export const HTTP_API_V2: Api = { decodes: true, stageInPath: true, arnHasPath: false };

/** A call as its event tells it: with whatever domain and stage put in front of the path. */
export interface Call {
  readonly api: Api;
  readonly path: string;
  readonly arn: ExecuteApiArn;
  readonly domain: string | null | undefined;
}

/**
 * The path within the API, which is the one that the upstream gets: told by the domain, whose prefix is known where it
 * is the API's own or the policy lists it, and by the ARN where that names a path. One of the two must tell, and they
 * must not contradict each other; otherwise the path is unknown, and nothing is decided on a guess.
 */
export function pathWithinApi(call: Call, basePaths: BasePaths): FoundPath {
  const domain = hostOf(call.domain);
  const possible = pathsOnDomain(call, domain, basePaths);
  if (possible === undefined) {
    const path = pathByArn(call);
    return path === undefined ? { unknown: unlisted(domain) } : spelled(path, call.api);
  }
  const { arn, api } = call;
  const named = arn.named?.path;
  const agreed = named === undefined ? possible : possible.filter((path) => isNamed(path, named, api));
  const mustAgree = api.arnHasPath && named !== undefined;
  const [path, other] = agreed.length > 0 || mustAgree ? agreed : possible;
  if (other !== undefined) return { unknown: `nothing tells whether the path begins with the stage` };
  if (path !== undefined) return spelled(path, api);
  return {
    unknown: possible.length > 0 ? 'the path and the ARN do not fit together' : outside(domain),
  };
}

const unlisted = (domain: string | undefined): string =>
  `the path within the API is unknown: the ARN does not tell it, and basePaths does not list ${domain ?? 'the domain'}`;
const outside = (domain: string | undefined): string =>
  `the path begins with none of the base paths that basePaths lists for ${domain}`;

/** The path, by what is known of the domain; two, where it may begin with the stage or not; undefined for any other domain. */
function pathsOnDomain(
  { path, arn: { apiId, stage }, api }: Call,
  domain: string | undefined,
  basePaths: BasePaths,
): string[] | undefined {
  if (domain === undefined) return undefined;
  if (isOwnDomain(domain, apiId)) return pathsInStage(path, stage, api.stageInPath);
  const listed = basePathsOf(basePaths, domain);
  if (listed === undefined) return undefined;
  for (const basePath of listed) {
    const rest = withoutPrefix(path, basePath);
    // A mapping names its stage or leaves that to the path.
    if (rest !== undefined) return pathsInStage(rest, stage, undefined);
  }
  return [];
}

function pathsInStage(path: string, stage: string, stageInPath: boolean | undefined): string[] {
  const rest = stage === '$default' || stageInPath === false ? undefined : withoutPrefix(path, `/${stage}`);
  if (rest === undefined) return [path];
  return stageInPath === true ? [rest] : [path, rest];
}

/**
 * The end of the path that the ARN names, where a mapping can have put the rest in front. A slash alone proves
 * nothing: too many paths end in one.
 */
function pathByArn({ path, arn, api }: Call): string | undefined {
  const named = arn.named?.path;
  if (named === undefined || (named === '/' && path !== named)) return undefined;
  const start = path.endsWith(named) ? path.length - named.length : startOfDecoded(path, named, api);
  const end = path.slice(start);
  return isNamed(end, named, api) && MAPPING.test(path.slice(0, start)) ? end : undefined;
}

/** Where the end begins that is as long as what is named, once it is as decoded as that. Looks at each segment once. */
function startOfDecoded(path: string, named: string, { decodes }: Api): number {
  if (decodes) return Math.max(0, path.length - decoded(named).length);
  let start = path.length;
  for (let length = 0; length < named.length && start > 0; ) {
    const slash = Math.max(0, path.lastIndexOf('/', start - 1));
    length += decoded(path.slice(slash, start)).length;
    start = slash;
  }
  return start;
}

/** Whether ARNs have paths encoded or decoded is not documented. */
const isNamed = (path: string, named: string, { decodes }: Api): boolean =>
  path === named || (decodes ? path === decoded(named) : decoded(path) === named);

const decoded = (path: string): string => decodePath(path) ?? path;

/** Base paths of mappings, by the characters that API Gateway takes. */
const MAPPING = /^(?:\/(?!\.{1,2}(?:\/|$))[A-Za-z0-9$_.+!*'()-]+)*$/;

function spelled(path: string, { decodes }: Api): FoundPath {
  const encoded = decodes ? encodePath(path) : path;
  return encoded === undefined ? { unknown: 'the path had bytes that are not UTF-8' } : { path: encoded };
}

/** The domain in lower case, as policies have it; undefined for anything that is no name of a host. */
function hostOf(domain: string | null | undefined): string | undefined {
  const host = domain?.toLowerCase();
  return host !== undefined && /^[a-z0-9.-]{1,255}$/.test(host) ? host : undefined;
}

/** Whether a domain is API Gateway's for this API, so that no mapping can put anything in front. */
const isOwnDomain = (domain: string, apiId: string): boolean =>
  domain.startsWith(apiId) && OWN_DOMAIN.test(domain.slice(apiId.length));

/** https://docs.aws.amazon.com/general/latest/gr/apigateway.html, and private APIs by their VPC endpoint. */
const OWN_DOMAIN =
  /^(?:-vpce-[0-9a-f]+)?\.execute-api\.[a-z0-9-]+\.(?:amazonaws\.(?:com(?:\.cn)?|eu)|api\.aws|api\.amazonwebservices\.com\.cn|c2s\.ic\.gov|sc2s\.sgov\.gov)$/;
