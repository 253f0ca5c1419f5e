import { type About, type Handled, internalError, rejected } from './respond.ts';
import { authorizeOrRespond } from './authorize.ts';
import type { Config } from './config/config.ts';
import type { Publication } from './decision.ts';
import { type DecisionEffects, decideBy } from './decide.ts';
import { type ForwardEffects, forwardAllowed } from './forward.ts';
import { corsHeaders, preflightHeaders } from './http/cors.ts';
import type { HttpRequest } from './http/message.ts';
import { contextOf, type Outcome } from './outcome.ts';
import { DOCUMENT_REASON, documentResponse } from './resources/document.ts';

/** All effects of handling a request. */
export interface Effects extends DecisionEffects, ForwardEffects {
  /** Called with an exception, which is always a bug. */
  readonly onBug: (error: unknown) => void;
}

/**
 * Decides on a request, then responds to it directly, forwards it or rejects it. `requestId` identifies it to the
 * caller and the upstream.
 */
export async function handle(request: HttpRequest, requestId: string, effects: Effects): Promise<Handled> {
  let about: About = { requestId };
  try {
    const decided = await decideBy(effects, (config) => {
      about = aboutOf(request, requestId, config);
      return authorizeOrRespond(request, config, effects);
    });
    const context = contextOf(decided);
    if (decided.config === undefined) return rejected(decided.decision, context, about);
    const { decision, config } = decided;
    switch (decision.kind) {
      case 'reject':
      case 'unavailable':
        return rejected(decision, context, about);
      case 'preflight':
        return respondToPreflight(request, config, context, about);
      case 'document':
        return publish(request, decision, context, about);
      case 'report':
      case 'allow':
        return await forwardAllowed(request, decision, { config, context, about }, effects);
      default:
        return decision satisfies never;
    }
  } catch (error) {
    effects.onBug(error);
    return internalError(about);
  }
}

const aboutOf = ({ headers }: HttpRequest, requestId: string, { problemTypes, cors }: Config): About => ({
  requestId,
  problemTypes,
  cors: cors && corsHeaders(cors, headers),
});

/**
 * Caches in front must not store the response: what it grants depends on the request. Browsers go by
 * Access-Control-Max-Age.
 */
function respondToPreflight(
  request: HttpRequest,
  { cors }: Config,
  context: Partial<Outcome>,
  about: About,
): Handled {
  return {
    response: { status: 204, headers: [['cache-control', 'no-store']], body: new Uint8Array() },
    outcome: { ...context, code: 'allowed', status: 204, reason: 'a CORS preflight, handled by "cors"' },
    about: { ...about, cors: cors && preflightHeaders(cors, request) },
  };
}

/** Leaves out what "cors" would add: any page may read the document. */
function publish(
  request: HttpRequest,
  { document }: Publication,
  context: Partial<Outcome>,
  about: About,
): Handled {
  const response = documentResponse(document, request);
  return {
    response,
    outcome: { ...context, code: 'allowed', status: response.status, reason: DOCUMENT_REASON },
    about: { ...about, cors: undefined },
  };
}
