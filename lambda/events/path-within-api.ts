import { type BasePaths, basePathsOf } from '../core/base-paths.ts';
import { stripPrefix } from '../core/paths/strip-prefix.ts';
import type { FoundPath } from '../core/verdict.ts';
import { hostOf, isOwnDomain } from './api-domain.ts';
import type { ExecuteApiArn } from './execute-api-arn.ts';
import { endsNamed, pathsNamed } from './path-by-arn.ts';
import { encodePath } from './path-spelling.ts';

/** What is known of a kind of API, from AWS's documentation and from captured events. */
export interface Api {
  /** Whether its events have the path decoded. */
  readonly decodes: boolean;
  /** Whether the ARN names the request itself, not the route that it takes. */
  readonly arnNamesRequest: boolean;
  /** What the path within the API can be when it is called on its own domain, the likeliest first. */
  readonly onOwnDomain: (path: string, stage: string) => string[];
  /** The same on a domain with these base paths; empty where the path should begin with one and does not. */
  readonly onCustomDomain: (path: string, stage: string, basePaths: readonly string[]) => string[];
}

export const REST_API: Api = {
  decodes: false,
  arnNamesRequest: true,
  onOwnDomain: (path) => [path],
  onCustomDomain: behindMapping,
};

export const HTTP_API_V1: Api = {
  decodes: true,
  arnNamesRequest: false,
  onOwnDomain: behindStage,
  onCustomDomain: behindMapping,
};

/**
 * `rawPath` has a named stage and no mapping, says AWS. An emulator has been seen to leave the mapping in, so a path that
 * begins with one must take the same route without it.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
 */
export const HTTP_API_V2: Api = {
  decodes: true,
  arnNamesRequest: false,
  onOwnDomain: (path, stage) => behindStage(path, stage).slice(0, 1),
  onCustomDomain: (path, stage, basePaths) => {
    const paths = behindStage(path, stage).slice(0, 1);
    const mappings = basePaths.filter((basePath) => basePath !== '');
    return [...paths, ...paths.flatMap((found) => behindMapping(found, stage, mappings))];
  },
};

/** A call as its event has it: with whatever the domain and the stage put in front of the path. */
export interface Call {
  readonly api: Api;
  readonly method: string;
  readonly path: string;
  readonly arn: ExecuteApiArn;
  readonly domain: string | null | undefined;
  /** The path within the API by the event's resource and path parameters, where it has them. */
  readonly resourcePath?: string | undefined;
}

/**
 * What the path within the API can be. The domain says so where it is the API's own or the policy lists it; the ARN and
 * the resource decide between several. Where the domain says nothing and the ARN names no path, or the two contradict
 * each other, the path is unknown: a guess could miss the route.
 */
export function pathWithinApi(call: Call, basePaths: BasePaths): FoundPath {
  const { api, path, arn, resourcePath } = call;
  if (api.arnNamesRequest && arn.named !== undefined && arn.named.method !== call.method) return MISFIT;
  const domain = hostOf(call.domain);
  const possible = domain === undefined ? undefined : pathsOnDomain(call, domain, basePaths);
  if (possible?.length === 0) {
    return { unknown: `the path begins with none of the base paths listed for ${domain}` };
  }
  const named = namedPath(arn, api);
  if (possible === undefined) {
    const ends = named === undefined ? [] : endsNamed(path, named, api);
    return ends.length === 0 ? { unknown: unlisted(domain) } : spelled(ends, api);
  }
  const evidence = [named, resourcePath].filter((end) => end !== undefined);
  const agreed = pathsNamed(possible, evidence, api);
  if (agreed.length > 0) return spelled(agreed, api);
  return api.arnNamesRequest && named !== undefined ? MISFIT : spelled(possible, api);
}

const MISFIT: FoundPath = { unknown: 'the request does not match its ARN' };

const unlisted = (domain = 'the domain'): string =>
  `the path within the API is unknown: the ARN does not contain it, and ${domain} is not in basePaths; list the domain there`;

/** In an HTTP API's ARN `/{proxy+}` is the key of a route that many paths take, and any of them can end in it. */
const namedPath = ({ named }: ExecuteApiArn, { arnNamesRequest }: Api): string | undefined =>
  arnNamesRequest || !named?.path.includes('{') ? named?.path : undefined;

/** Undefined for a domain of which nothing is known. */
function pathsOnDomain(
  { path, arn: { apiId, stage }, api }: Call,
  domain: string,
  basePaths: BasePaths,
): string[] | undefined {
  if (isOwnDomain(domain, apiId)) return api.onOwnDomain(path, stage);
  const listed = basePathsOf(basePaths, domain);
  return listed && api.onCustomDomain(path, stage, listed);
}

/** Without the longest base path that fits. A mapping names its stage, or leaves that to the path. */
function behindMapping(path: string, stage: string, basePaths: readonly string[]): string[] {
  for (const basePath of basePaths) {
    const rest = stripPrefix(path, basePath);
    if (rest !== undefined) return behindStage(rest, stage);
  }
  return [];
}

/** Without a named stage, and with it, where the path begins with its name. */
function behindStage(path: string, stage: string): string[] {
  const rest = stage === '$default' ? undefined : stripPrefix(path, `/${stage}`);
  return rest === undefined ? [path] : [rest, path];
}

function spelled(paths: readonly string[], { decodes }: Api): FoundPath {
  const encoded = paths.map((path) => (decodes ? encodePath(path) : path));
  const [first, ...others] = encoded.filter((path) => path !== undefined);
  return first === undefined || others.length + 1 < paths.length
    ? { unknown: 'the path contained bytes that are not UTF-8' }
    : { paths: [first, ...others] };
}
