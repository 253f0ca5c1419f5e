import type { BasePaths } from '../base-paths.ts';
import type { Cors } from '../http/cors.ts';
import type { JudgePath } from '../paths/judge-path.ts';
import type { FindResource, Pages } from '../resources/resource.ts';
import type { Provider } from '../provider.ts';
import type { Revocations } from '../revocations.ts';
import type { Upstream, UpstreamSettings } from '../upstream.ts';
import type { Warning } from './warning.ts';

/**
 * The content of all parameters but `revocations`. They are one unit, good or bad together: routes name providers,
 * and the default provider has parameters of its own.
 */
export interface Access {
  readonly providers: readonly Provider[];
  readonly judgePath: JudgePath;
  /**
   * The same for a function that serves protected resource metadata, whose routes come before all others; undefined
   * without resources.
   */
  readonly judgePathWithDocuments: JudgePath | undefined;
  /** The resource of a path that matches one route; undefined without resources. */
  readonly resourceAt: FindResource | undefined;
  /** Which pages of other origins may call; undefined where that is left to the upstream. */
  readonly cors: Cors | undefined;
  /** Origins of the pages that may send a credential in a cookie. */
  readonly cookieOrigins: readonly string[];
  /** The beginning of `type` in problem details, before the code; undefined for `about:blank`. */
  readonly problemTypes: string | undefined;
  /** Whether a decision can differ between two requests with the same token. */
  readonly hasRoutes: boolean;
  /** Whether any route is for MCP messages. */
  readonly hasMcp: boolean;
  /** The pages that may send MCP messages to paths that belong to no resource; undefined for any. */
  readonly mcpPages: Pages | undefined;
  readonly basePaths: BasePaths;
  /** Where requests go, unless their route names an upstream of its own. */
  readonly upstream: Upstream;
  readonly upstreamSettings: UpstreamSettings;
  /** Things that are valid but probably mistakes. */
  readonly warnings: readonly Warning[];
}

/** The whole configuration, valid and immutable. A change makes a new one. */
export interface Config extends Access {
  /** Versions of the parameters that it was parsed from, for the log. */
  readonly version: string;
  /** A unit of its own: a mistake in the policy must not keep a token from being revoked. */
  readonly revocations: Revocations;
}
