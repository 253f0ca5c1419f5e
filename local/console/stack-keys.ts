import { callCommand, helpScreen } from '../instructions.ts';
import { SCOPES } from '../mcp/orders-policy.ts';
import { listCommand } from '../mcp/steps.ts';
import type { Stack } from '../stack.ts';
import type { Console } from './console.ts';
import { explainRequest } from './explain-request.ts';
import type { Key } from './keys.ts';
import { openPage } from './open-page.ts';
import { requestToken } from './request-token.ts';
import type { Style } from './style.ts';

export interface StackKeysOptions {
  readonly stack: Stack;
  readonly console: Pick<Console, 'lastRejection'>;
  readonly write: (text: string) => void;
  readonly style: Style;
  readonly quit: () => void;
  /** Aborts what a key has started. */
  readonly signal: AbortSignal;
}

/** The keys that work with this stack. */
export function stackKeys({ stack, console, write, style, quit, signal }: StackKeysOptions): Key[] {
  const { authorizationServer: issuer, deployment, urls } = stack;
  const issuerKeys: Key[] = issuer
    ? [
        {
          key: 't',
          name: 'token',
          title: 'get a token, and print a call with it',
          act: async () => write(await callWithNewToken(stack, issuer.origin)),
        },
        {
          key: 'r',
          name: 'rotate keys',
          title: 'have the authorization server sign with new keys',
          async act() {
            await issuer.rotateKeys();
            write(
              'The authorization server now signs with new keys. Until the function has fetched them, old tokens pass and new tokens get a 401: for up to a minute, or 10 seconds with --no-keeper.',
            );
          },
        },
        {
          key: 'o',
          name: 'outage',
          title: 'begin or end an outage of the authorization server',
          act() {
            issuer.setOutage(!issuer.isOut());
            write(
              issuer.isOut()
                ? 'The authorization server returns 503 until you press o again.'
                : 'The authorization server is back.',
            );
          },
        },
      ]
    : [];
  const page = urls.playground;
  const keys: Key[] = [
    ...issuerKeys,
    {
      key: 'e',
      name: 'explain',
      title: 'explain the last request that was rejected',
      async act() {
        const rejection = console.lastRejection();
        if (!rejection) {
          write('No request has been rejected yet: make one first.');
          return;
        }
        const { logGroup } = (rejection.part === 'api' && deployment.authorizer) || deployment.lambda;
        const { requestId } = rejection;
        write(await explainRequest({ requestId, logGroup, endpoint: urls.ssm, signal }));
      },
    },
    { key: 'p', name: 'playground', title: `open ${page}`, act: () => openPage(page) },
    {
      key: 'h',
      name: 'help',
      title: 'print this, and more commands to try',
      act: () => write(helpScreen(stack, keys, style)),
    },
    { key: 'q', name: 'quit', title: 'stop everything, as Ctrl-C does', act: quit },
  ];
  return keys;
}

/** A command for a call that passes, through to the MCP server if the stack has one. */
async function callWithNewToken(
  stack: Pick<Stack, 'urls' | 'deployment'>,
  authorizationServer: string,
): Promise<string> {
  const { mcp } = stack.urls;
  if (mcp === undefined) return callCommand(stack, await requestToken(authorizationServer));
  const requested = { scope: Object.values(SCOPES).join(' '), resource: mcp };
  return listCommand(mcp, await requestToken(authorizationServer, requested));
}
