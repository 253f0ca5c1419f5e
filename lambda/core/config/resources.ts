import { RESOURCE_DOCUMENTS } from '../../contract.ts';
import type { Step } from '../paths/steps.ts';
import type { ResourceRule } from '../resources/resource.ts';
import { bare, decoded, type Patterns, type RouteRule } from '../routes/match.ts';
import { subsumes } from '../routes/pattern-subsumption.ts';
import type { Route } from '../routes/route.ts';
import { mcpPagesOf, pagesOf, parsePages } from './cors.ts';
import { type Parsed, parsed } from './parsed.ts';
import type { Problems } from './problems.ts';
import { advertisedScopes, publish, routesOfResource } from './resource-document.ts';
import * as url from './resource-url.ts';
import type { ResourceDocument } from './resources-schema.ts';
import { routePatterns } from './route-patterns.ts';
import { documentRoute } from './routes.ts';
import type { SoundPolicy } from './sound-policy.ts';

/** The resources of a policy, and the routes of their documents, which come before all others. */
export interface Resources {
  readonly rules: readonly ResourceRule[];
  readonly documents: readonly DocumentRule[];
}

export interface DocumentRule {
  /** The resource's place in the policy. */
  readonly place: string;
  readonly rule: RouteRule;
}

/** What resources need from the rest of the policy. */
export interface ResourceContext {
  readonly sound: SoundPolicy;
  readonly steps: readonly Step[];
  readonly rules: readonly RouteRule[];
  /** Whether these are all the routes of the policy. */
  readonly areAllKnown: boolean;
  /** The route of requests that none of them matches. */
  readonly fallback: Route;
}

/** Parses `resources` of a policy; undefined without any. */
export function parseResources(context: ResourceContext, problems: Problems): Resources | undefined {
  const { resources } = context.sound;
  if (resources.length === 0) return undefined;
  const entries = resources.flatMap(({ document, index }) => {
    const entry = parseResource(document, index, context);
    return problems.take('policy', entry, placeOf(index)) ?? [];
  });
  for (const message of sharedPaths(entries.map(({ rule }) => rule))) problems.add('policy', message);
  const documents = entries.flatMap(({ documents: rules, rule }) =>
    rules.map((one) => ({ place: placeOf(rule.index), rule: one })),
  );
  return {
    rules: entries.map(({ rule }) => rule),
    documents: documents.map(({ place, rule }, at) => ({
      place,
      rule: { ...rule, index: at - documents.length },
    })),
  };
}

const placeOf = (index: number): string => `resources.${index}`;

interface Entry {
  readonly rule: ResourceRule;
  readonly documents: readonly RouteRule[];
}

function parseResource(document: ResourceDocument, index: number, context: ResourceContext): Parsed<Entry> {
  const { sound, steps, rules, fallback } = context;
  const problems = textProblems(document);
  const pages =
    document.allowedOrigins === undefined
      ? parsed(pagesOf(sound.document))
      : parsePages(document.allowedOrigins, '"allowedOrigins" of the resource');
  if ('problems' in pages) {
    problems.push(...pages.problems.map((message) => `allowedOrigins${message}`));
  }
  const patterns = routePatterns(document.path, steps);
  if ('problems' in patterns) problems.push(...patterns.problems.map((message) => `path: ${message}`));
  else if (context.areAllKnown && !isCalled(patterns.value, context)) {
    problems.push(
      'path: no route has a path in common with it, so nobody can call it: correct it, or add a route',
    );
  }
  if (problems.length > 0 || 'problems' in patterns) return { problems };

  const routes = routesOfResource(patterns.value, rules, fallback);
  const published = publish(
    document,
    routes.flatMap(({ providers }) => providers),
  );
  const documents: RouteRule[] = [];
  for (const path of documentPaths(document, sound)) {
    const own = routePatterns(path, steps, 'choose another URL');
    if ('problems' in own) {
      problems.push(...own.problems.map((message) => `resource: the path of its document ${message}`));
    } else {
      const route = documentRoute(path, published);
      documents.push({ index, patterns: own.value, methods: undefined, route });
    }
  }
  if (problems.length > 0) return { problems };
  const allowedOrigins = 'value' in pages ? pages.value : undefined;
  const resource = {
    path: document.path,
    metadataUrl: url.documentUrl(document.resource),
    advertised: advertisedScopes(document),
    allowedOrigins,
    mcpPages:
      allowedOrigins ?? (document.allowedOrigins === undefined ? mcpPagesOf(sound.document) : undefined),
  };
  return parsed({ rule: { index, patterns: patterns.value, resource }, documents });
}

/** Problems with single members. */
function textProblems({ resource, documentation, authorizationServers = [] }: ResourceDocument): string[] {
  const found: [place: string, problem: string | undefined][] = [
    ['resource', url.resourceProblem(resource)],
    ['documentation', documentation === undefined ? undefined : url.pageUrlProblem(documentation)],
    ...authorizationServers.map((issuer, at): [string, string | undefined] => [
      `authorizationServers.${at}`,
      url.issuerProblem(issuer),
    ]),
  ];
  return found.flatMap(([place, problem]) => (problem === undefined ? [] : [`${place}: ${problem}`]));
}

/**
 * Whether some request can reach these paths. Without routes, all requests take the fallback, unless it lets nobody
 * through.
 */
function isCalled(patterns: Patterns, { rules, fallback }: ResourceContext): boolean {
  if (rules.length === 0) return !fallback.missing;
  return routesOfResource(patterns, rules, { ...fallback, missing: true }).length > 0;
}

/**
 * The paths that serve a resource's document. Clients try the path that ends in the resource's path first, then the one
 * without it. The latter is served only where there is a single resource, since it does not say which resource it
 * means.
 */
function documentPaths(
  { resource }: ResourceDocument,
  { resources, areResourcesWhole }: SoundPolicy,
): Set<string> {
  const isOnly = areResourcesWhole && resources.length === 1;
  return new Set([url.documentPath(resource), ...(isOnly ? [RESOURCE_DOCUMENTS] : [])]);
}

/** Problems with resources that no request reaches, because another one comes first. */
function sharedPaths(rules: readonly ResourceRule[]): string[] {
  return rules.flatMap((rule, at) => {
    const first = rules.slice(0, at).find((other) => hasAll(other.patterns, rule.patterns));
    return first === undefined
      ? []
      : `${placeOf(rule.index)}.path: no request reaches it: ${placeOf(first.index)} (${first.resource.path}) comes first and covers all its paths: put this one first, or give each paths of its own`;
  });
}

/** A path must belong to its resource in every reading, so one reading in which it cannot is enough. */
const hasAll = (general: Patterns, special: Patterns): boolean =>
  (['exact', 'folded'] as const).some((spelling) => {
    const all = general[spelling].flatMap(bare);
    const parts = decoded(special[spelling]).flatMap(bare);
    return parts.length > 0 && parts.every((part) => all.some((other) => subsumes(other, part)));
  });
