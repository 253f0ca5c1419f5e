import { DEMO } from './identity/authorization-server.ts';
import type { SigningService } from './identity/signing-service.ts';
import { SNAPSHOT } from './keeper/keeper.ts';
import { exampleRequest } from './load-balancer/example-request.ts';
import type { Stack } from './stack.ts';

/** Commands to copy, and what they are for. */
export interface Step {
  readonly title: string;
  readonly commands: readonly string[];
}

type Addressed = Pick<Stack, 'urls' | 'deployment' | 'parameterName' | 'signingService'>;

/** The tour of the stack. Every command works pasted into bash and zsh, in this order. */
export function tour({ urls, deployment, parameterName, signingService }: Addressed): Step[] {
  const example = exampleRequest(deployment.listener.rules);
  const url = urls.loadBalancer + example.path;
  const host = example.host === undefined ? '' : ` -H "Host: ${example.host}"`;
  const call = `curl -i -H "Authorization: Bearer $TOKEN"${host} ${url}`;
  // Unsigned, so that the CLI works without any AWS configuration. It insists on a region.
  const cli = (endpoint: string) =>
    `--endpoint-url ${endpoint} --region ${deployment.region} --no-sign-request`;
  const setAudience = (value: string) =>
    `aws ssm put-parameter ${cli(urls.ssm)} --name ${parameterName('audience')} --type StringList --value ${value} --overwrite`;
  return [
    {
      title: 'Get a token',
      commands: [
        `TOKEN=$(curl -s -u ${DEMO.clientId}:${DEMO.clientSecret} -d grant_type=client_credentials -d 'scope=${DEMO.scope}' ${urls.authorizationServer}/token | sed 's/.*"access_token":"\\([^"]*\\)".*/\\1/')`,
      ],
    },
    { title: 'Call without it: 401', commands: [`curl -i${host} ${url}`] },
    {
      title: 'Find out why, by the request id of an answer',
      commands: [
        `npm run --silent explain -- --endpoint-url ${urls.ssm} --log-group ${deployment.lambda.logGroup} --request-id $(curl -si${host} ${url} | sed -n 's/^x-request-id: \\([-0-9a-f]*\\).*/\\1/p')`,
      ],
    },
    { title: 'Call with it: 200, and what the upstream saw', commands: [call] },
    { title: 'Ask for another audience: 401', commands: [setAudience('other'), `sleep 3; ${call}`] },
    { title: 'Put it back: 200', commands: [setAudience(DEMO.audience), `sleep 3; ${call}`] },
    ...(urls.s3 === undefined || urls.lambda === undefined
      ? []
      : [
          {
            title: 'See what the keeper has read for the function, key sets included',
            commands: [`aws s3 cp s3://${SNAPSHOT.bucket}/${SNAPSHOT.key} - ${cli(urls.s3)}`],
          },
          {
            title: 'Run the keeper by hand',
            commands: [
              `aws lambda invoke --function-name ${deployment.configuration.name} ${cli(urls.lambda)} /dev/stdout`,
            ],
          },
        ]),
    ...(signingService ? signedTour(signingService, urls.loadBalancer) : []),
    ...(urls.api === undefined ? [] : apiTour(urls.api)),
  ];
}

/** The same decisions as the authorizer of an API. */
function apiTour(api: string): Step[] {
  const url = `${api}/api/anything`;
  return [
    { title: 'Call the API without a token: 401', commands: [`curl -i ${url}`] },
    {
      title: 'Call it with one: 200, and the context of the authorizer as x-authorizer-… headers',
      commands: [`curl -i -H "Authorization: Bearer $TOKEN" ${url}`],
    },
  ];
}

/** The same load balancer by the other path: with a header that a service in front of it has signed. */
function signedTour({ name, header, provider }: SigningService, loadBalancer: string): Step[] {
  const admin = `${loadBalancer}/api/admin/anything`;
  return [
    {
      title: `Come by ${name}, without a token: 200, and "x-jwt-provider" is "${provider}"`,
      commands: [`curl -i ${admin}`],
    },
    {
      title: 'Bring a header of your own: it is replaced',
      commands: [`curl -i -H "${header}: forged" ${admin}`],
    },
  ];
}

/** What `npm start` prints once the stack is up. */
export function instructions(stack: Addressed, bold: (text: string) => string): string {
  const { urls, signingService } = stack;
  const addresses = [
    ['Playground', `${urls.playground}  (open it in a browser)`],
    ['Load balancer', urls.loadBalancer],
    ['Authorization server', `${urls.authorizationServer}  (${DEMO.clientId} / ${DEMO.clientSecret})`],
    ['SSM', `${urls.ssm}  (and CloudWatch Logs)`],
    ['Upstream', urls.upstream],
    ...(urls.s3 === undefined ? [] : [['S3', urls.s3] as const]),
    ...(urls.lambda === undefined ? [] : [['Lambda', `${urls.lambda}  (the keeper)`] as const]),
    ...(urls.api === undefined ? [] : [['API', urls.api] as const]),
    ...(signingService ? [[`Keys of ${signingService.name}`, signingService.origin] as const] : []),
  ] as const;
  return [
    '',
    ...addresses.map(([name, address]) => `  ${bold(name.padEnd(23))} ${address}`),
    '',
    ...tour(stack).flatMap(({ title, commands }) => [
      `  ${bold(title)}`,
      ...commands.map((command) => `    ${command}`),
      '',
    ]),
    '  Ctrl-C ends all of it.',
    '',
  ].join('\n');
}
