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

/** Ten broken tokens, as they end up in support. */
const EXAMPLES: readonly Example[] = [
  { title: 'A slash at the end of `iss`', question: { token: signed({ iss: 'https://issuer.example/' }) } },
  {
    title: 'A scope in `scp` where `scope` is there as well',
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
  { title: 'A key that is not in the set', question: { token: signed({}, { kid: 'key-2025' }) } },
  {
    title: 'A key that is for encryption',
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
    title: 'A token of another provider of the policy, for a route that does not take it',
    question: { token: mint(KEYS.partner, claimsOf({ iss: 'https://partner.example', aud: 'orders' })) },
  },
  {
    title: 'A token that was changed, in quotes',
    question: {
      request: 'GET /api/tenants/a',
      token: `"${withSegment(signed({ tenant: 'c' }), 1, () => base64url(JSON.stringify(claimsOf({ tenant: 'a' }))))}"`,
    },
  },
];

const INTRODUCTION = `# Explaining a rejection

The caller of a rejected request gets a code, and the log has the reason. \`npm run explain\` shows how it came to
that: each stage of the decision with what it found, the most likely causes of a failure, and how the
later stages would have come out. It runs the function's own code, so its decision is the same.

    pbpaste | npm run explain -- --token - --request "POST /api/orders/1"
    npm run explain -- --token - --endpoint-url http://localhost:8082 < token.txt
    npm run explain -- --token none --request "POST /api/orders/1"

The configuration is the live one under \`--path\` (\`/alb-jwt-authorizer\` by default), or is given by
\`--issuer\`, \`--audience\` and \`--policy FILE\`. With \`--issuer none\` no \`--audience\` is needed. A relative path of a file counts from
where you stand, also with \`npm --prefix DIR run explain\`.

The token comes from standard input only: on the command line it would stay in the shell's history. It is sent nowhere; the command
only fetches the issuer's keys. \`--token none\` is for a request without one, and shows the challenge that it gets. Neither the token nor its signature is printed, and no other token that is in a path, a claim or a log line. Its header and claims are, so take care
who sees your terminal; until the signature has been verified they are marked as not verified. The time is that of your machine's clock,
unless \`--now\` gives another.

| status | meaning |
|---|---|
| 0 | the request is let through |
| 1 | it is not, or the configuration cannot be read |
| 2 | an argument is wrong, or nothing can be made of what was pasted |
| 3 | with \`--offline\`: it is let through if the signature is good |

\`--json\` is for programs (\`npm run --silent explain\` keeps npm's own lines out). \`steps\` has the stages by stable names, each with its
\`outcome\` (\`pass\`, \`fail\` or \`skip\`), \`text\` and \`hints\`. In a terminal the output has colours, unless \`NO_COLOR\` is set;
\`FORCE_COLOR\` gives colours to a pipe, too.

With the id of a request in place of a token, it finds [a past decision](#by-the-id-of-a-request) in the log and explains that.

## What you can paste

- a token, with or without \`Bearer\`, quotes, line breaks or the escapes of a URL;
- header lines, such as \`Authorization: Bearer …\`, \`x-amzn-oidc-data: …\` or \`Cookie: …\`, or a whole request as browsers show it and \`curl -v\` prints it;
- a \`curl\` command, as people write it and as Chrome and Firefox copy it ("Copy as cURL", for bash and for Windows' cmd). Method, path,
  headers and body are then those of the command, and the token is where the command sends it. \`--request\`, \`--header\` and \`--body\` still take precedence;
- a token response, as JSON or as the fragment of a URL. The access token is taken from it; \`--take id_token\` takes another;
- any other text with one token in it, such as a line of code or of a log. Only the token is taken from that.

Of other copies of a browser ("Copy as fetch", "Copy as PowerShell") nothing is taken, since the request would be lost: choose "Copy as cURL".

A token is tried where it was pasted, else in the first place where the route looks for one, such as \`Authorization\`. \`--carrier\` tries it in
[another place](credentials.md): \`--carrier cookie:__Host-session\`. What is no JWT (an opaque or an encrypted token, an API key, a SAML
assertion, half a token) is told apart, with what to do.

## The load balancer comes first

A request reaches the function only if a listener rule is for its path. The rules are those for \`/api/*\`, or for \`--paths\`, and
for any host, or for \`--hosts\`: give both as in \`cdk deploy -c paths=… -c hosts=…\`. For other requests the verdict is the load balancer's 404.
With \`--authorizer\` the function is an [authorizer of API Gateway](shapes/api-gateway-authorizer.md): there is no listener then, and no
preflight is answered.

## Without keys

\`--offline\` fetches nothing. The verdict is \`would be let through, if the signature is good\`, or a rejection that no signature could change. Keys
that are in the policy are used all the same. Where providers of one issuer have different keys, the verdict names those whose key must have made
the signature. In JSON \`signature\` is \`"unverified"\`, and those providers are in \`verdict.onlyIf.signedBy\`; with \`alone\`, no other provider may
have that key.

## Examples

This is its output for ten broken tokens, then for two request ids. A test compares it with what the command prints today.
`;

const BY_ID = `## By the id of a request

    npm run explain -- --request-id ${ID}
    npm run explain -- --request-id ${ID} --stack orders --since 7d --region eu-central-1

The id is the \`x-request-id\` of an answer, the \`requestId\` of an error, or the \`trace_id\` of the access log. Behind API Gateway it is [the
API's](shapes/api-gateway-authorizer.md#from-a-request-id-to-the-log-line). The command searches CloudWatch Logs with the credentials and the
region that the AWS CLI would take. It searches the log groups of the stack (\`--stack\`, \`AlbJwtAuthorizer\` by default), or those that
\`--log-group\` names, over the last 24 hours or the time in \`--since\`. It needs \`logs:DescribeLogGroups\` and \`logs:FilterLogEvents\`.

The output has every line with the id, since [a client can repeat the id of another
request](runbook.md#a-caller-complains-from-a-request-id-to-the-reason). Control characters in a line are escaped. The status is 0 if a decision was
found, 1 if none was found or the log could not be read, and 2 for bad arguments. On a laptop, give \`--endpoint-url\` the address that
\`npm start\` prints for SSM.
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
      return `## ${index + 1}. ${title}\n\n\`\`\`text\n${output}\n\`\`\`\n`;
    }),
  );
  const logged = LOGGED.map(([title, lines, id]) => {
    const output = renderLogged(reportOn(lines, id), 'UTC');
    return `### ${title}\n\n\`\`\`text\n${output}\n\`\`\`\n`;
  });
  return [INTRODUCTION, ...sections, BY_ID, ...logged].join('\n');
}
