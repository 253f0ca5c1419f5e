import type { Place } from '../../lambda/core/credentials/place.ts';
import type { HttpRequest } from '../../lambda/core/http/message.ts';
import type { Route } from '../../lambda/core/routes/route.ts';
import type { KeyEndpoints } from '../key-endpoints.ts';
import type { Assumption, Trust } from './assumed-signature.ts';
import type { ExplainInput } from './input.ts';
import type { McpTaken } from './mcp-steps.ts';

/** What the stages of a token need to know. */
export interface TokenContext extends ExplainInput {
  readonly request: HttpRequest;
  readonly place: Place;
  readonly route: Route;
  /** The route that the MCP message matches; the same route if no message decides. */
  readonly taken: McpTaken;
  readonly endpoints: KeyEndpoints;
  readonly trust: Trust;
  /** Whose keys are assumed to have made the signature; undefined if it is verified. */
  readonly assumption: Assumption | undefined;
}
