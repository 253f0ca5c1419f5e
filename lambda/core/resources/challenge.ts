import { entryOf } from '../codes.ts';
import type { Rejection } from '../decision.ts';
import type { Route } from '../routes/route.ts';
import type { Resource } from './resource.ts';

/**
 * A rejection on a path of a resource. Its challenge tells an unconfigured client where the metadata is and, if there
 * is a `route`, which scopes to request.
 */
export function withResource(rejection: Rejection, route: Route | undefined, resource: Resource): Rejection {
  const { code, challenge } = rejection;
  const entry = entryOf(code);
  if (entry.challenge === undefined || (entry.status !== 401 && code !== 'scope_missing')) return rejection;
  const { metadataUrl: resourceMetadata } = resource;
  if (code !== 'token_missing' && code !== 'scope_missing') {
    return { ...rejection, challenge: { ...challenge, resourceMetadata } };
  }
  const { scopes = { all: [] } } = route ?? {};
  // Any one of them is enough, and a request for all of them could be rejected because of the others.
  const needed = 'all' in scopes ? scopes.all : scopes.any.slice(0, 1);
  const advertised = resource.advertised(needed);
  const scope = advertised.length === 0 ? undefined : advertised.join(' ');
  return { ...rejection, challenge: { ...challenge, scope, resourceMetadata } };
}
