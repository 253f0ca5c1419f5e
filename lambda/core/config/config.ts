import type { JudgePath } from '../paths/judge-path.ts';
import type { Provider } from '../provider.ts';
import type { Revocations } from '../revocations.ts';
import type { Upstream, UpstreamSettings } from '../upstream.ts';

/** The whole configuration, valid and immutable: a change makes a new one. */
export interface Config {
  /** Versions of the parameters that it was parsed from, for the log. */
  readonly version: string;
  readonly providers: readonly Provider[];
  readonly judgePath: JudgePath;
  /** Whether a decision can differ between two requests with the same token. */
  readonly hasRoutes: boolean;
  readonly revocations: Revocations;
  /** Where requests go whose route names no upstream of its own. */
  readonly upstream: Upstream;
  readonly upstreamSettings: UpstreamSettings;
  /** What is valid and probably not meant, for the log. */
  readonly warnings: readonly string[];
}
