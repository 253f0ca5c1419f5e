import { fetchDocument } from '../lambda/io/fetch-document.ts';
import { FIRST_PORT, PORT_SPAN } from '../local/ports.ts';
import { ArgumentError, parseArguments, runCommand, wholeNumber } from './arguments.ts';
import { printedJson } from './explain/lines.ts';
import { initialize } from './init/initialize.ts';
import { localStack } from './init/local-stack.ts';
import { PRESETS } from './init/presets/presets.ts';
import { reportJson, reportText } from './init/report.ts';
import { runningIssuer } from './init/running-stack.ts';
import { createTerminal, Interrupted } from './init/terminal.ts';
import { checkPrefix } from './parameters.ts';
import { paintFor } from './terminal-colors.ts';

const HELP = `Usage: npm run init -- ISSUER [--audience LIST] [--claim NAME=VALUE] … [--paths LIST] [--output FILE]
       npm run init -- --local

Writes a policy that accepts the tokens of an issuer and denies every path that the policy does not name. Reads what the
issuer publishes, asks on a terminal for what only you know, and prints the commands that check the policy, put it, get a
token and call the API.

  ISSUER              the exact "iss" of the tokens; several tenants of Entra ID go into one policy
  --provider NAME     the kind of tokens, if ISSUER does not show it: a preset of docs/identity-providers.md, or other
                      (${PRESETS.map(({ name }) => name)
                        .join(', ')
                        .replace(/(.{60,80}?,) /g, '$1\n                      ')})
  --audience LIST     the "aud" of the tokens; of several, separated by commas, a token needs only one
  --claim NAME=VALUE  a claim that the tokens must have; repeat it with the same name to allow other values
  --scopes LIST       scopes that the tokens must have, separated by spaces
  --paths LIST        path patterns to allow with such tokens, separated by commas; /api/* by default
  --upstream URL      where allowed requests go; unchanged by default
  --jwks-uri URL      the key set, if discovery does not lead to it
  --output FILE       where to write the policy; policy.json by default
  --force             replace that file
  --offline           do not contact the issuer; rely on the preset
  --path PREFIX       prefix of the parameters in the printed commands
  --local             for the stack of npm start; without ISSUER, for its own authorization server
  --port N            the port of that stack's load balancer; ${FIRST_PORT} by default
  --json              print what was found, decided and written as JSON
  --help              print this text

Without a terminal init asks nothing, and missing answers are an error. Status: 0 if the file was written, 1 if the tokens
could not be accepted, 2 for bad arguments, and 130 after Ctrl-C.`;

const OPTIONS = {
  provider: { type: 'string' },
  audience: { type: 'string' },
  claim: { type: 'string', multiple: true },
  scopes: { type: 'string' },
  paths: { type: 'string' },
  upstream: { type: 'string' },
  'jwks-uri': { type: 'string' },
  output: { type: 'string' },
  force: { type: 'boolean' },
  offline: { type: 'boolean' },
  path: { type: 'string' },
  local: { type: 'boolean' },
  port: { type: 'string' },
  json: { type: 'boolean' },
} as const;

/** Maximum number of issuers in one policy. */
const MAX_ISSUERS = 50;

await runCommand({
  help: HELP,
  async run(args) {
    const { values, positionals: issuers } = parseArguments(args, OPTIONS, MAX_ISSUERS);
    const { provider, force = false, offline = false, path, json = false } = values;
    if (values.port !== undefined && values.local !== true) throw new ArgumentError('--port needs --local.');
    const port =
      values.port === undefined
        ? FIRST_PORT
        : wholeNumber('--port', values.port, { min: 1, max: 65_535 - PORT_SPAN, example: 9000 });
    if (path !== undefined) checkPrefix(path);
    const { output = 'policy.json' } = values;
    if (output === '' || output.startsWith('-'))
      throw new ArgumentError('--output takes the name of a file, such as --output policy.json.');
    const nameless = values.claim?.some((text) => !/^[^=]+=/.test(text));
    if (nameless)
      throw new ArgumentError(
        '--claim takes the name of a claim and its value, with = between them: --claim NAME=VALUE.',
      );
    const terminal =
      process.stdin.isTTY && process.stderr.isTTY
        ? createTerminal(process.stdin, process.stderr, paintFor(process.stderr, process.env))
        : undefined;
    try {
      const running = initialize(
        {
          issuers,
          provider,
          given: values,
          output,
          force,
          offline,
          path,
          local: values.local === true ? localStack(port) : undefined,
        },
        { fetchDocument, now: Date.now, runningIssuer, terminal },
      );
      const report = await Promise.race([
        running,
        ...(terminal === undefined ? [] : [terminal.interruption]),
      ]);
      console.log(
        json ? printedJson(reportJson(report)) : reportText(report, paintFor(process.stdout, process.env)),
      );
      return 0;
    } catch (error) {
      if (!(error instanceof Interrupted)) throw error;
      console.error('Interrupted: nothing has been written.');
      return 130;
    } finally {
      terminal?.close();
    }
  },
});
