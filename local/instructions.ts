import { DEMO } from './authorization-server.ts';
import type { Stack } from './stack.ts';

/** A command to copy, and what it is for. */
export interface Step {
  readonly title: string;
  readonly command: string;
}

type Addressed = Pick<Stack, 'urls' | 'deployment' | 'parameterName'>;

/** The tour of the stack. Every command works pasted into bash and zsh, in this order. */
export function tour({ urls, deployment, parameterName }: Addressed): Step[] {
  const call = `curl -i -H "Authorization: Bearer $TOKEN" ${urls.loadBalancer}/api/anything`;
  // Unsigned, so that the CLI works without any AWS configuration; the region is only not to be asked for one.
  const cli = `--endpoint-url ${urls.ssm} --region ${deployment.region} --no-sign-request`;
  const setAudience = (value: string) =>
    `aws ssm put-parameter ${cli} --name ${parameterName('audience')} --type StringList --value ${value} --overwrite`;
  return [
    {
      title: 'Get a token',
      command: `TOKEN=$(curl -s -u ${DEMO.clientId}:${DEMO.clientSecret} -d grant_type=client_credentials -d 'scope=${DEMO.scope}' ${urls.authorizationServer}/token | sed 's/.*"access_token":"\\([^"]*\\)".*/\\1/')`,
    },
    { title: 'Call without it: 401', command: `curl -i ${urls.loadBalancer}/api/anything` },
    { title: 'Call with it: 200, and what the upstream saw', command: call },
    {
      title: 'Ask for another audience; within 3 seconds the same call is a 401',
      command: setAudience('other'),
    },
    { title: 'Put it back', command: setAudience(DEMO.audience) },
  ];
}

/** What `npm start` prints once the stack is up. */
export function instructions(stack: Addressed, bold: (text: string) => string): string {
  const { urls } = stack;
  const addresses = [
    ['Load balancer', urls.loadBalancer],
    ['Authorization server', `${urls.authorizationServer}  (${DEMO.clientId} / ${DEMO.clientSecret})`],
    ['SSM', urls.ssm],
    ['Upstream', urls.upstream],
  ] as const;
  return [
    '',
    ...addresses.map(([name, address]) => `  ${bold(name.padEnd(21))} ${address}`),
    '',
    ...tour(stack).flatMap(({ title, command }) => [`  ${bold(title)}`, `    ${command}`, '']),
    '  Ctrl-C ends all of it.',
    '',
  ].join('\n');
}
