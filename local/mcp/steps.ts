import { shellWord } from '../../tools/shell-word.ts';
import type { Step } from '../console/step.ts';
import { tokenCommand } from '../identity/token-command.ts';
import { documentOf } from './mcp-url.ts';
import { SCOPES, TOOLS } from './orders-policy.ts';

/** The authorization server's metadata (RFC 8414 §3). */
const SERVER = '/.well-known/oauth-authorization-server';

/** A call as clients of revision 2025-11-25 and earlier send it. */
const call = (url: string, message: object, token?: string): string =>
  `curl -i${token === undefined ? '' : ` -H "Authorization: Bearer ${token}"`} -H 'Content-Type: application/json' -H 'Accept: application/json, text/event-stream' -d ${shellWord(JSON.stringify({ jsonrpc: '2.0', id: 1, ...message }))} ${url}`;

const LIST = { method: 'tools/call', params: { name: TOOLS.list } };

/** A call of the harmless tool; `token` may be a shell variable. */
export const listCommand = (url: string, token: string): string => call(url, LIST, token);

/** What an unconfigured client does to find out where to get a token, as commands. */
export function mcpSteps(url: string, authorizationServer: string): Step[] {
  const remove = { method: 'tools/call', params: { name: TOOLS.delete, arguments: { id: '1' } } };
  return [
    {
      title: 'List the tools without a token: 401, with the address of the metadata and the scope to request',
      commands: [call(url, { method: 'tools/list' })],
    },
    {
      title: 'Read the metadata, then the metadata of the authorization server that it names',
      commands: [`curl -s ${documentOf(url)}`, `curl -s ${authorizationServer}${SERVER}`],
    },
    {
      title: 'Get a token for this resource',
      commands: [tokenCommand(authorizationServer, { scope: SCOPES.read, resource: url })],
    },
    {
      title: 'Call a tool with it: 200, and what the server learns about the caller',
      commands: [listCommand(url, '$TOKEN')],
    },
    {
      title: 'Call another tool: 403, with the scopes that it needs',
      commands: [call(url, remove, '$TOKEN')],
    },
    {
      title: 'Get a token with these scopes and call the tool again: 200',
      commands: [
        tokenCommand(authorizationServer, { scope: Object.values(SCOPES).join(' '), resource: url }),
        call(url, remove, '$TOKEN'),
      ],
    },
  ];
}
