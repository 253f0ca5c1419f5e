import * as v from 'valibot';
import { closedObject } from './closed-object.ts';
import { described, listOf, member, pathPattern, scope, scopes, suchAs, text } from './schema-parts.ts';

/** An entry of `resources`. resources.ts checks how its members go together. */
export const ResourceSchema = closedObject({
  resource: described(
    text,
    'The URL that clients know it by, exactly as they write it, such as https://api.example.com/mcp',
  ),
  path: v.pipe(
    pathPattern('/mcp/*'),
    v.description('Path pattern of the requests to it, as in a route: * is any text, ? one character'),
  ),
  name: member(text, 'Its name, for a client to show to people'),
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
      suchAs('must be an object that maps the scope in a token to the scope to ask for', {
        'Tool.Read': 'api://orders/Tool.Read',
      }),
    ),
    'Scopes that clients must ask for under another name: maps the name in the token to the name to ask for',
  ),
  allowedOrigins: member(
    listOf(text, 'https://app.example.com'),
    'Origins of the pages that may call it, or "*" for any; by default those of publicOrigins and cors.origins. If those list none, any page may call, but none may send MCP messages',
  ),
});

export type ResourceDocument = v.InferOutput<typeof ResourceSchema>;
