import { type BasePaths, basePathsOf } from '../core/base-paths.ts';
import { stripPrefix } from '../core/paths/strip-prefix.ts';
import type { FoundPath } from '../core/verdict.ts';
import { hostOf, isOwnDomain } from './api-domain.ts';
import type { ExecuteApiArn } from './execute-api-arn.ts';
import { endsNamed, pathsNamed } from './path-by-arn.ts';
import { encodePath } from './path-spelling.ts';

/** What is known about a kind of API, from AWS's documentation and from captured events. */
export interface Api {
  /** Whether its events contain the path decoded. */
  readonly decodes: boolean;
  /** Whether the ARN names the request itself, not the route that it matches. */
  readonly arnNamesRequest: boolean;
  /** What the path within the API can be for a call to the API's own domain, likeliest first. */
  readonly onOwnDomain: (path: string, stage: string) => string[];
  /** The same for a domain with these base paths; empty if the path should begin with one and does not. */
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
 * According to AWS, `rawPath` contains a named stage and no mapping. An emulator was seen to leave the mapping in, so
 * a path that begins with one must match the same route without it.
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

/** A call as in its event: with whatever the domain and the stage put in front of the path. */
export interface Call {
  readonly api: Api;
  readonly method: string;
  readonly path: string;
  readonly arn: ExecuteApiArn;
  readonly domain: string | null | undefined;
  /** The path within the API according to the event's resource and path parameters, if it has them. */
  readonly resourcePath?: string | undefined;
}

/**
 * What the path within the API can be. The domain determines it, if it is the API's own or listed in the policy; if
 * that leaves several paths, the ARN and the resource decide. If the domain determines nothing and the ARN names no
 * path, or the two contradict each other, the path is unknown: a guess could miss the route.
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
    // Should an ARN ever contain a route's key, the literal path `/x/{proxy+}` would end in it.
    const ends = named === undefined || named.includes('{') ? [] : endsNamed(path, named, api);
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

/** In an HTTP API's ARN, `/{proxy+}` is the key of a route that many paths match, and any of them can end in it. */
const namedPath = ({ named }: ExecuteApiArn, { arnNamesRequest }: Api): string | undefined =>
  arnNamesRequest || !named?.path.includes('{') ? named?.path : undefined;

/** Undefined for a domain that nothing is known about. */
function pathsOnDomain(
  { path, arn: { apiId, stage }, api }: Call,
  domain: string,
  basePaths: BasePaths,
): string[] | undefined {
  if (isOwnDomain(domain, apiId)) return api.onOwnDomain(path, stage);
  const listed = basePathsOf(basePaths, domain);
  return listed && api.onCustomDomain(path, stage, listed);
}

/** The path without the longest base path that fits. A mapping either names its stage or leaves that to the path. */
function behindMapping(path: string, stage: string, basePaths: readonly string[]): string[] {
  for (const basePath of basePaths) {
    const rest = stripPrefix(path, basePath);
    if (rest !== undefined) return behindStage(rest, stage);
  }
  return [];
}

/** The path without a named stage and with it, if it begins with the stage's name. */
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
