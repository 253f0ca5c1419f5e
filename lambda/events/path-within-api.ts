import { type BasePaths, basePathsOf, withoutPrefix } from '../core/base-paths.ts';
import type { FoundPath } from '../core/verdict.ts';
import { hostOf, isOwnDomain } from './api-domain.ts';
import type { ExecuteApiArn } from './execute-api-arn.ts';
import { endNamed, isNamed } from './path-by-arn.ts';
import { encodePath } from './path-spelling.ts';

/** What is known of a kind of API, from AWS's documentation and from captured events. */
export interface Api {
  /** Whether its events have the path decoded. */
  readonly decodes: boolean;
  /** Whether the path begins with a named stage on the API's own domain; undefined where both have been seen. */
  readonly stageInPath: boolean | undefined;
  /** Whether the ARN names the request itself, not the route that it takes. */
  readonly arnNamesRequest: boolean;
}

export const REST_API: Api = { decodes: false, stageInPath: false, arnNamesRequest: true };
export const HTTP_API_V1: Api = { decodes: true, stageInPath: undefined, arnNamesRequest: false };
export const HTTP_API_V2: Api = { decodes: true, stageInPath: true, arnNamesRequest: false };

/** A call as its event tells it: with whatever the domain and the stage put in front of the path. */
export interface Call {
  readonly api: Api;
  readonly method: string;
  readonly path: string;
  readonly arn: ExecuteApiArn;
  readonly domain: string | null | undefined;
}

/**
 * The path within the API, which the upstream gets. The domain tells it where it is the API's own or the policy lists it;
 * the ARN tells it where that names a path. Where neither does, or the two contradict each other, the path is unknown:
 * a guess could miss the route.
 */
export function pathWithinApi(call: Call, basePaths: BasePaths): FoundPath {
  const { api, method, path, arn } = call;
  const { named } = arn;
  if (api.arnNamesRequest && named !== undefined && named.method !== method) return { unknown: MISFIT };
  const domain = hostOf(call.domain);
  const possible = domain === undefined ? undefined : pathsOnDomain(call, domain, basePaths);
  if (possible === undefined) {
    const end = named && endNamed(path, named.path, api.decodes);
    return end === undefined ? { unknown: unlisted(domain) } : spelled(end, api);
  }
  const agreed = named && possible.filter((candidate) => isNamed(candidate, named.path, api.decodes));
  const [found, other] =
    agreed !== undefined && (agreed.length > 0 || api.arnNamesRequest) ? agreed : possible;
  if (other !== undefined) return { unknown: 'nothing tells whether the path begins with the stage' };
  if (found !== undefined) return spelled(found, api);
  return { unknown: possible.length > 0 ? MISFIT : `basePaths lists no beginning of the path for ${domain}` };
}

const MISFIT = 'the request and the ARN do not fit together';

const unlisted = (domain = 'the domain'): string =>
  `the path within the API is unknown: the ARN does not tell it, and basePaths does not list ${domain}`;

/**
 * What the path can be by the domain: nothing where it begins with none of the listed base paths, and two paths where it
 * may or may not begin with the stage. Undefined for a domain of which nothing is known.
 */
function pathsOnDomain(
  { path, arn: { apiId, stage }, api }: Call,
  domain: string,
  basePaths: BasePaths,
): string[] | undefined {
  if (isOwnDomain(domain, apiId)) return pathsInStage(path, stage, api.stageInPath);
  const listed = basePathsOf(basePaths, domain);
  for (const basePath of listed ?? []) {
    const rest = withoutPrefix(path, basePath);
    // A mapping names its stage, or leaves that to the path.
    if (rest !== undefined) return pathsInStage(rest, stage, undefined);
  }
  return listed && [];
}

function pathsInStage(path: string, stage: string, stageInPath: boolean | undefined): string[] {
  const rest = stage === '$default' || stageInPath === false ? undefined : withoutPrefix(path, `/${stage}`);
  if (rest === undefined) return [path];
  return stageInPath === true ? [rest] : [path, rest];
}

function spelled(path: string, { decodes }: Api): FoundPath {
  const encoded = decodes ? encodePath(path) : path;
  return encoded === undefined ? { unknown: 'the path had bytes that are not UTF-8' } : { path: encoded };
}
