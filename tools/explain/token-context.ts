import type { Place } from '../../lambda/core/credentials/place.ts';
import type { HttpRequest } from '../../lambda/core/http/message.ts';
import type { Route } from '../../lambda/core/routes/route.ts';
import type { KeyEndpoints } from '../key-endpoints.ts';
import type { Assumption, Trust } from './assumed-signature.ts';
import type { ExplainInput } from './input.ts';
import type { McpTaken } from './mcp-steps.ts';

/** What the stages of a token go by. */
export interface TokenContext extends ExplainInput {
  readonly request: HttpRequest;
  readonly place: Place;
  readonly route: Route;
  /** The route that the MCP message takes; the same route where there is none to decide. */
  readonly taken: McpTaken;
  readonly endpoints: KeyEndpoints;
  readonly trust: Trust;
  /** Whose keys are taken to have made the signature; undefined where it is verified. */
  readonly assumption: Assumption | undefined;
}
