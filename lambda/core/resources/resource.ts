import { bare, type Patterns, withoutLastSlash } from '../routes/match.ts';
import { compilePattern } from '../routes/pattern.ts';

/** The pages that may call. */
export interface Pages {
  readonly origins: ReadonlySet<string>;
  /** Where the policy lists them, for the log. */
  readonly listedIn: string;
}

/** A part of the paths that clients know as one protected resource (RFC 9728 §1.2). */
export interface Resource {
  /** Its path pattern, for the log. */
  readonly path: string;
  /** Where clients find its document. */
  readonly metadataUrl: string;
  /** The scopes that a client requests to get a token with these. */
  readonly advertised: (scopes: readonly string[]) => readonly string[];
  /** The pages that may call; undefined for any. */
  readonly allowedOrigins: Pages | undefined;
  /** The pages that may send MCP messages; undefined for any. */
  readonly mcpPages: Pages | undefined;
}

/** A resource, and the patterns of its paths. */
export interface ResourceRule {
  /** Its place in the policy, from 0. */
  readonly index: number;
  readonly patterns: Patterns;
  readonly resource: Resource;
}

/** Finds the resource of a path in its one spelling. */
export type FindResource = (path: string) => Resource | undefined;

/**
 * Matches paths like routes that need an identity: a slash at the end makes no difference. The first match counts.
 */
export function compileResources(rules: readonly ResourceRule[], spelling: 'exact' | 'folded'): FindResource {
  const compiled = rules.map(({ patterns, resource }) => ({
    resource,
    matchers: patterns[spelling].flatMap(bare).map(compilePattern),
  }));
  return (path) => {
    const barePath = withoutLastSlash(path);
    return compiled.find(({ matchers }) => matchers.some((matches) => matches(barePath, 0)))?.resource;
  };
}
