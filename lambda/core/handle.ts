import { type Handled, rejected } from './answer.ts';
import { type DecisionEffects, decide } from './decide.ts';
import { type ForwardEffects, forwardAllowed } from './forward.ts';
import type { HttpRequest } from './http/message.ts';
import { contextOf } from './outcome.ts';

/** Everything that handling a request does to the world. */
export type Effects = DecisionEffects & ForwardEffects;

/** Decides on a request, then forwards or rejects it. `requestId` names it to its caller and its upstream. */
export async function handle(request: HttpRequest, requestId: string, effects: Effects): Promise<Handled> {
  const decided = await decide(request, effects);
  const context = contextOf(decided);
  if (decided.config === undefined) return rejected(decided.decision, context, { requestId });
  const { decision, config } = decided;
  const about = { requestId, problemTypes: config.problemTypes };
  switch (decision.kind) {
    case 'reject':
    case 'unavailable':
      return rejected(decision, context, about);
    case 'report':
    case 'allow':
      return forwardAllowed(request, decision, { config, context, about }, effects);
    default:
      return decision satisfies never;
  }
}
