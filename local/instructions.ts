import { shellWord } from '../tools/shell-word.ts';
import type { Key } from './console/keys.ts';
import { printable } from './console/printable.ts';
import type { Step } from './console/step.ts';
import type { Style } from './console/style.ts';
import { DEMO, OUTAGE } from './identity/authorization-server.ts';
import type { SigningService } from './identity/signing-service.ts';
import { tokenCommand } from './identity/token-command.ts';
import { SNAPSHOT } from './keeper/keeper.ts';
import { exampleRequest } from './load-balancer/example-request.ts';
import { MCP_PATH } from './mcp/orders-policy.ts';
import { mcpSteps } from './mcp/steps.ts';
import { neededPort } from './ports.ts';
import type { Stack } from './stack.ts';

type Addressed = Pick<
  Stack,
  'urls' | 'deployment' | 'parameterName' | 'provider' | 'signingService' | 'upstream'
>;

/** A curl command for a URL that a listener rule matches; `token` may be a shell variable. */
export function callCommand(
  { urls, deployment }: Pick<Stack, 'urls' | 'deployment'>,
  token?: string,
): string {
  const example = exampleRequest(deployment.listener.rules);
  const host = example.host === undefined ? '' : ` -H "Host: ${example.host}"`;
  const authorization = token === undefined ? '' : ` -H "Authorization: Bearer ${token}"`;
  return `curl -i${authorization}${host} ${shellWord(urls.loadBalancer + example.path)}`;
}

/** What to try first. The commands work in this order, pasted into bash or zsh. */
export function firstSteps(stack: Addressed): Step[] {
  const { mcp, authorizationServer } = stack.urls;
  return mcp === undefined || authorizationServer === undefined
    ? plainSteps(stack)
    : mcpSteps(mcp, authorizationServer);
}

/** Calls of any path, whatever the upstream is. */
function plainSteps(stack: Addressed): Step[] {
  const { urls, provider, upstream } = stack;
  const call = callCommand(stack, '$TOKEN');
  const own = urls.authorizationServer;
  const seen = upstream === undefined ? "the application's response" : 'what the upstream received';
  return [
    ...(own === undefined
      ? []
      : [
          {
            title: 'Get a token',
            commands: [tokenCommand(own, { scope: DEMO.scope })],
          },
        ]),
    { title: 'Call without a token: 401', commands: [callCommand(stack)] },
    own === undefined
      ? {
          title: `Put a token of ${printable(provider.issuer)} into TOKEN and call with it: 200, and ${seen}`,
          commands: [call],
        }
      : { title: `Call with it: 200, and ${seen}`, commands: [call] },
    {
      title: 'Require another audience: 401',
      commands: [putByCurl(stack, 'audience', 'other'), `sleep 3; ${call}`],
    },
  ];
}

/** What to try after the first steps. */
export function furtherSteps(stack: Addressed): Step[] {
  const { urls, deployment, signingService, provider } = stack;
  const audience = provider.audience.join(',');
  return [
    ...(urls.mcp === undefined ? [] : plainSteps(stack)),
    {
      title: 'Put the audience back: 200',
      commands: [putByCurl(stack, 'audience', audience), `sleep 3; ${callCommand(stack, '$TOKEN')}`],
    },
    {
      title: 'The same with the AWS CLI, version 1 or 2',
      commands: [
        // Unsigned, so that the CLI works without any configuration. It insists on a region.
        `aws ssm put-parameter --endpoint-url ${urls.ssm} --region ${deployment.region} --no-sign-request --cli-input-json ${shellWord(parameterJson(stack, 'audience', audience))}`,
      ],
    },
    {
      title: 'Find out why a call was rejected, by the request id in its response',
      commands: [
        `npm run --silent explain -- --endpoint-url ${urls.ssm} --log-group ${deployment.lambda.logGroup} --request-id $(${callCommand(stack).replace('curl -i', 'curl -si')} | sed -n 's/^x-request-id: \\([-0-9a-f]*\\).*/\\1/p')`,
      ],
    },
    ...(urls.authorizationServer === undefined
      ? []
      : [
          {
            title:
              'Take the authorization server down and bring it back: tokens signed with known keys still pass',
            commands: (['PUT', 'DELETE'] as const).map(
              (method) => `curl -X ${method} ${urls.authorizationServer}${OUTAGE}`,
            ),
          },
        ]),
    ...(urls.s3 === undefined || urls.lambda === undefined
      ? []
      : [
          {
            title: "Read the keeper's snapshot: the parameters and key sets that the function gets",
            commands: [`curl -s ${urls.s3}/${SNAPSHOT.bucket}/${SNAPSHOT.key}`],
          },
          {
            title: 'Run the keeper by hand',
            commands: [
              `curl -s -X POST ${urls.lambda}/2015-03-31/functions/${deployment.configuration.name}/invocations`,
            ],
          },
        ]),
    ...(signingService ? signedTour(signingService, urls.loadBalancer) : []),
    ...(urls.api === undefined ? [] : apiTour(urls.api)),
  ];
}

const parameterJson = ({ parameterName }: Addressed, name: string, value: string): string =>
  JSON.stringify({ Name: parameterName(name), Value: value, Overwrite: true });

const putByCurl = (stack: Addressed, name: string, value: string): string =>
  `curl -s -H 'X-Amz-Target: AmazonSSM.PutParameter' -d ${shellWord(parameterJson(stack, name, value))} ${stack.urls.ssm}`;

/** Calls of the API, whose authorizer decides as the load balancer's function does. */
function apiTour(api: string): Step[] {
  const url = `${api}/api/anything`;
  return [
    { title: 'Call the API without a token: 401', commands: [`curl -i ${url}`] },
    {
      title: "Call it with a token: 200, and the authorizer's context as x-authorizer-… headers",
      commands: [`curl -i -H "Authorization: Bearer $TOKEN" ${url}`],
    },
  ];
}

/** Calls of the load balancer through the service in front of it, which adds its signed header. */
function signedTour({ name, header, provider }: SigningService, loadBalancer: string): Step[] {
  const admin = `${loadBalancer}/api/admin/anything`;
  return [
    {
      title: `Arrive through ${name}, without a token: 200, and "x-jwt-provider" is "${provider}"`,
      commands: [`curl -i ${admin}`],
    },
    {
      title: 'Send that header yourself: the service replaces it',
      commands: [`curl -i -H "${header}: forged" ${admin}`],
    },
  ];
}

const section = (steps: readonly Step[], { bold }: Style): string[] =>
  steps.flatMap(({ title, commands }) => [
    `  ${bold(title)}`,
    ...commands.map((command) => `    ${command}`),
    '',
  ]);

const list = (rows: readonly (readonly [name: string, what: string])[], { bold }: Style): string[] => {
  const width = Math.max(...rows.map(([name]) => name.length));
  return rows.map(([name, what]) => `  ${bold(name.padEnd(width))}  ${what}`);
};

/** What `npm start` prints once the stack is up. Without keys nobody can press `h`, so it includes all further steps. */
export function firstScreen(stack: Addressed, keys: readonly Key[], style: Style): string {
  const { urls, upstream, provider } = stack;
  const issuer = urls.authorizationServer;
  const addresses: [string, string][] = [
    ['Playground', `${urls.playground}  (open it in a browser)`],
    ['Load balancer', urls.loadBalancer],
    ...(urls.api === undefined ? [] : [['API', urls.api] satisfies [string, string]]),
    ...(urls.mcp === undefined
      ? []
      : [['MCP server', `${urls.mcp}  (give a client this URL)`] satisfies [string, string]]),
    issuer === undefined
      ? ['Tokens', `of ${printable(provider.issuer)}, for ${printable(provider.audience.join(' or '))}`]
      : ['Authorization server', `${issuer}  (${DEMO.clientId}, ${DEMO.clientSecret}: any scope)`],
    ['Parameters (SSM)', `${urls.ssm}${portAdvice(urls.ssm)}`],
    ['Upstream', upstream === undefined ? urls.upstream : `${urls.upstream}  (${upstreamDoes(stack)})`],
  ];
  const rest =
    keys.length > 0
      ? [`  ${keys.map(({ key, name }) => `${style.bold(key)} ${name}`).join('   ')}`]
      : [
          ...section(furtherSteps(stack), style),
          '  Ctrl-C stops everything; npm start -- --help lists the options.',
        ];
  return ['', ...list(addresses, style), '', ...section(firstSteps(stack), style), ...rest, ''].join('\n');
}

/** Without `--port`, commands would work on whatever stack has the first ports. Most call only its SSM endpoint. */
function portAdvice(ssm: string): string {
  const port = neededPort('ssm', Number(new URL(ssm).port));
  return port === undefined ? '' : `  (commands: --local --port ${port})`;
}

const upstreamDoes = ({ urls }: Addressed): string =>
  urls.mcp === undefined ? 'echoes each request' : `speaks MCP at ${MCP_PATH} and echoes every other request`;

/** What `h` prints: the keys, the other addresses, and the steps that the first screen leaves out. */
export function helpScreen(stack: Addressed, keys: readonly Key[], style: Style): string {
  const { urls, signingService } = stack;
  const addresses: [string, string][] = [
    ['CloudWatch Logs', urls.ssm],
    ...(urls.s3 === undefined ? [] : [['S3', urls.s3] satisfies [string, string]]),
    ...(urls.lambda === undefined ? [] : [['Lambda (the keeper)', urls.lambda] satisfies [string, string]]),
    ...(signingService
      ? [[`Keys of ${signingService.name}`, signingService.origin] satisfies [string, string]]
      : []),
  ];
  return [
    '',
    ...list(
      keys.map(({ key, title }) => [key, title]),
      style,
    ),
    '',
    ...list(addresses, style),
    '',
    ...section(furtherSteps(stack), style),
    '  npm start -- --help lists the options.',
    '',
  ].join('\n');
}
