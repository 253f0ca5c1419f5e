import * as v from 'valibot';
import { closedObject } from './closed-object.ts';
import { described, listOf, member, pathPattern, scope, scopes, suchAs, text } from './schema-parts.ts';

/** An entry of `resources`. What its parts say together is judged in resources.ts. */
export const ResourceSchema = closedObject({
  resource: described(
    text,
    'The URL that clients know it by, exactly as they write it, such as https://api.example.com/mcp',
  ),
  path: v.pipe(
    pathPattern('/mcp/*'),
    v.description(
      'Path pattern of the requests that are to it, as in a route: * is any text, ? one character',
    ),
  ),
  name: member(text, 'What people know it by, for a client to show'),
  documentation: member(text, 'URL of a page for developers'),
  authorizationServers: member(
    listOf(text, 'https://login.example.com'),
    'Issuers of the authorization servers; by default those of the providers of its routes',
  ),
  scopes: member(scopes, 'Scopes that its document lists; none by default'),
  advertisedScopes: member(
    v.record(
      scope,
      scope,
      suchAs('must be an object of the scope to ask for by the scope in the token', {
        'Tool.Read': 'api://orders/Tool.Read',
      }),
    ),
    'Scopes that clients ask for by another name than the token has, by the name in the token',
  ),
  allowedOrigins: member(
    listOf(text, 'https://app.example.com'),
    'Origins of the pages that may call it, or "*" for any; by default those of publicOrigins and cors.origins, and if there are none, any, but for MCP messages none',
  ),
});

export type ResourceDocument = v.InferOutput<typeof ResourceSchema>;
