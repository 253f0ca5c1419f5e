import { render } from '../../tools/explain/render.ts';
import { renderLogged } from '../../tools/explain/render-logged.ts';
import { base64url, claimsOf, mint, NOW, withSegment } from '../support/tokens.ts';
import { decisionLine, ID, reportOn } from './explain-request-examples.ts';
import { ask, KEYS, type Question } from './explain-world.ts';

interface Example {
  readonly title: string;
  readonly question: Question;
}

const signed = (claims: Record<string, unknown> = {}, header: object = {}) =>
  mint(KEYS.issuer, claimsOf(claims), header);

/** Ten broken tokens of the kind that people ask support about. */
const EXAMPLES: readonly Example[] = [
  {
    title: 'An extra slash at the end of `iss`',
    question: { token: signed({ iss: 'https://issuer.example/' }) },
  },
  {
    title: 'A scope in `scp`, while the token also has `scope`',
    question: {
      request: 'POST /api/orders/1',
      token: signed({ scope: 'openid', scp: ['orders:write'] }),
    },
  },
  {
    title: 'An access token of Amazon Cognito, which has no `aud`',
    question: {
      token: signed({ aud: undefined, client_id: '1example23456789', token_use: 'access' }),
    },
  },
  { title: 'A key that is not in the key set', question: { token: signed({}, { kid: 'key-2025' }) } },
  {
    title: 'A key for encryption',
    question: { token: signed({}, { kid: 'enc-2026', alg: 'RS256' }) },
  },
  { title: 'Expired three minutes ago', question: { token: signed({ iat: NOW - 3780, exp: NOW - 180 }) } },
  { title: 'A clock that is ahead', question: { token: signed({ iat: NOW + 45, nbf: NOW + 45 }) } },
  {
    title: 'An ID token, pasted with its header',
    question: {
      token: `Authorization: Bearer ${signed({ aud: 'web-client', azp: 'web-client', client_id: undefined, scope: undefined, nonce: 'n-0S6' }, { typ: 'JWT' })}\n`,
    },
  },
  {
    title: 'A token of a provider that the route does not accept',
    question: { token: mint(KEYS.partner, claimsOf({ iss: 'https://partner.example', aud: 'orders' })) },
  },
  {
    title: 'An altered token, in quotes',
    question: {
      request: 'GET /api/tenants/a',
      token: `"${withSegment(signed({ tenant: 'c' }), 1, () => base64url(JSON.stringify(claimsOf({ tenant: 'a' }))))}"`,
    },
  },
];

const INTRODUCTION = `# Explaining a rejection

The caller of a rejected request gets a code, and the log gives the reason. \`npm run explain\` shows how the function
reached its decision: what each stage found, the most likely causes of a failure, and what the later stages would have
decided. It runs the function's own code, so its decision is the same.

    pbpaste | npm run explain -- --token - --request "POST /api/orders/1"
    npm run explain -- --token - --endpoint-url http://localhost:8082 < token.txt
    npm run explain -- --token none --request "POST /api/orders/1"

The command uses the live configuration under \`--path\` (\`/alb-jwt-authorizer\` by default), or the values of
\`--issuer\`, \`--audience\` and \`--policy FILE\`. With \`--issuer none\` it needs no \`--audience\`. A relative file path starts at
your current directory, also with \`npm --prefix DIR run explain\`.

The command reads the token from standard input only, because on the command line it would stay in the shell's history. It sends the token nowhere:
it only reads the configuration and fetches the issuer's keys. Use \`--token none\` for a request without a token, to see the challenge that it gets. The command never prints the token or its
signature, nor any other token in a path, a claim or a log line. It does print the token's header and claims, so take care
who sees your terminal. Until the signature has been verified, they are marked as not verified. The command uses your machine's clock,
unless you give another time with \`--now\`.

| status | meaning |
|---|---|
| 0 | the request is let through |
| 1 | the request is not let through, or the configuration cannot be read |
| 2 | an argument is wrong, or the command finds no request or token in what you pasted |
| 3 | with \`--offline\`: the request is let through if the signature is good |

\`--json\` is for programs (\`npm run --silent explain\` keeps npm's own lines out). \`steps\` lists the stages by stable names, each with its
\`outcome\` (\`pass\`, \`fail\` or \`skip\`), \`text\` and \`hints\`. In a terminal the output is colored, unless \`NO_COLOR\` is set;
with \`FORCE_COLOR\` it is colored in a pipe, too.

Given the id of a request instead of a token, the command finds [the past decision](#by-the-id-of-a-request) in the log and explains it.

## What you can paste

- a token, with or without \`Bearer\`, quotes, line breaks or URL escapes;
- header lines, such as \`Authorization: Bearer …\`, \`x-amzn-oidc-data: …\` or \`Cookie: …\`, or a whole request as browsers show it and \`curl -v\` prints it;
- a \`curl\` command, as people write it and as Chrome and Firefox copy it ("Copy as cURL", for bash and for Windows' cmd). The command's method, path,
  headers and body are used, and the token stays where the command sends it. \`--request\`, \`--header\` and \`--body\` take precedence;
- a token response, as JSON or as the fragment of a URL. The access token is used; \`--take id_token\` selects another;
- any other text with one token in it, such as a line of code or of a log. Only the token is used.

"Copy as fetch" and "Copy as PowerShell" of a browser do not work, since the request would be lost: choose "Copy as cURL".

The command presents the token where you pasted it, or otherwise in the first place where the route looks for one, such as \`Authorization\`. \`--carrier\` presents it in
[another place](credentials.md): \`--carrier cookie:__Host-session\`. If you paste something that is not a JWT (an opaque or encrypted token, an API key, a SAML
assertion, half a token), the command says what it is and what to do.

## The load balancer comes first

A request reaches the function only if a listener rule matches it. By default the command assumes rules for \`/api/*\` and any host. If yours
differ, give \`--paths\` and \`--hosts\` as in \`cdk deploy -c paths=… -c hosts=…\`. For other requests the verdict is the load balancer's 404.
With \`--authorizer\` the function is an [authorizer of API Gateway](shapes/api-gateway-authorizer.md). Then there is no listener, and the function
does not respond to preflights.

## Without keys

\`--offline\` fetches nothing. The verdict is \`would be let through, if the signature is good\`, or a rejection that no signature could change. The
command still uses keys that are in the policy. If providers of one issuer have different keys, the verdict names the providers whose key must have made
the signature. In JSON \`signature\` is \`"unverified"\`, and those providers are in \`verdict.onlyIf.signedBy\`; with \`alone\`, no other provider may
have that key.
`;

const BY_TOKEN = `## By the token

This is the command's output for ten broken tokens. A test compares it with what the command prints.
`;

const BY_ID = `## By the id of a request

    npm run explain -- --request-id ${ID}
    npm run explain -- --request-id ${ID} --stack orders --since 7d --region eu-central-1

The id is the \`x-request-id\` of a response, the \`requestId\` of an error, or the \`trace_id\` of the access log. Behind API Gateway it is [the
API's](shapes/api-gateway-authorizer.md#from-a-request-id-to-the-log-line). The command searches CloudWatch Logs with the credentials and the
region that the AWS CLI would use. It searches the log groups of the stack (\`--stack\`, \`AlbJwtAuthorizer\` by default), or those that
\`--log-group\` names, over the last 24 hours or the time in \`--since\`. It needs \`logs:DescribeLogGroups\` and \`logs:FilterLogEvents\`.

The output contains every line with the id, since [a client can repeat the id of another
request](runbook.md#a-caller-complains-from-a-request-id-to-the-reason). Control characters in a line are escaped. The exit status is 0 if a decision was
found, 1 if none was found or the log could not be read, and 2 if an argument is wrong. On a laptop, set \`--endpoint-url\` to the address that
\`npm start\` prints for SSM. \`Config\` lists the versions of the parameters issuer, audience, jwks-uri, upstream, policy and revocations, in this order.
`;

/** A search that finds a line, and one that does not. */
const LOGGED: readonly (readonly [title: string, lines: Parameters<typeof reportOn>[0], id: string])[] = [
  ['The line is found', [decisionLine()], ID],
  ['No line is found', [], '1-67891233-abcdef012345678912345678'],
];

/** docs/explain.md */
export async function explainDocument(): Promise<string> {
  const sections = await Promise.all(
    EXAMPLES.map(async ({ title, question }, index) => {
      const output = render(await ask(question));
      return `### ${index + 1}. ${title}\n\n\`\`\`text\n${output}\n\`\`\`\n`;
    }),
  );
  const logged = LOGGED.map(([title, lines, id]) => {
    const output = renderLogged(reportOn(lines, id), 'UTC');
    return `### ${title}\n\n\`\`\`text\n${output}\n\`\`\`\n`;
  });
  return [INTRODUCTION, BY_ID, ...logged, BY_TOKEN, ...sections].join('\n');
}
