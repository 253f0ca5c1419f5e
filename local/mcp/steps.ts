import { shellWord } from '../../tools/shell-word.ts';
import type { Step } from '../console/step.ts';
import { tokenCommand } from '../identity/token-command.ts';
import { documentOf } from './mcp-url.ts';
import { SCOPES, TOOLS } from './orders-policy.ts';

/** Where a client finds out how to get a token from the server (RFC 8414 §3). */
const SERVER = '/.well-known/oauth-authorization-server';

/** A call as clients send it that know no revision after 2025-11-25. */
const call = (url: string, message: object, token?: string): string =>
  `curl -i${token === undefined ? '' : ` -H "Authorization: Bearer ${token}"`} -H 'Content-Type: application/json' -H 'Accept: application/json, text/event-stream' -d ${shellWord(JSON.stringify({ jsonrpc: '2.0', id: 1, ...message }))} ${url}`;

const LIST = { method: 'tools/call', params: { name: TOOLS.list } };

/** The call of a harmless tool; `token` may be a shell's variable. */
export const listCommand = (url: string, token: string): string => call(url, LIST, token);

/** The way of a client that was not configured by hand, by hand. */
export function mcpSteps(url: string, authorizationServer: string): Step[] {
  const remove = { method: 'tools/call', params: { name: TOOLS.delete, arguments: { id: '1' } } };
  return [
    {
      title:
        'Ask for the tools without a token: 401, which says where the metadata is and which scope to ask for',
      commands: [call(url, { method: 'tools/list' })],
    },
    {
      title: 'Read the metadata, then that of the authorization server it names',
      commands: [`curl -s ${documentOf(url)}`, `curl -s ${authorizationServer}${SERVER}`],
    },
    {
      title: 'Get a token for this resource',
      commands: [tokenCommand(authorizationServer, { scope: SCOPES.read, resource: url })],
    },
    {
      title: 'Call a tool with it: 200, and what the server is told of the caller',
      commands: [listCommand(url, '$TOKEN')],
    },
    {
      title: 'Call another tool: 403, which names the scopes that it needs',
      commands: [call(url, remove, '$TOKEN')],
    },
    {
      title: 'Get a token with these scopes, and call the tool again: 200',
      commands: [
        tokenCommand(authorizationServer, { scope: Object.values(SCOPES).join(' '), resource: url }),
        call(url, remove, '$TOKEN'),
      ],
    },
  ];
}
