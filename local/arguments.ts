import { parseArgs } from 'node:util';
import { PORT_SPAN } from './stack.ts';

export const HELP = `Usage: npm start [-- --port N]

Runs the whole stack on this machine, without an AWS account: the load balancer on port N, an
authorization server on N+1, an SSM endpoint on N+2 and an upstream that echoes on N+3.

  --port N   port of the load balancer (default: 8080); 0 lets the system choose all four
  --help     print this text`;

export type Arguments =
  | { readonly kind: 'start'; readonly port: number }
  | { readonly kind: 'help' }
  | { readonly kind: 'invalid'; readonly problem: string };

/** Parses the command line of `npm start`. */
export function parseArguments(args: readonly string[]): Arguments {
  const { values, positionals, tokens } = parseArgs({
    args: [...args],
    options: { port: { type: 'string' }, help: { type: 'boolean', short: 'h' } },
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  const unknown = [
    ...tokens.flatMap((token) =>
      token.kind === 'option' && !['port', 'help'].includes(token.name) ? [token.rawName] : [],
    ),
    ...positionals,
  ];
  if (unknown.length > 0) {
    return {
      kind: 'invalid',
      problem: `Unknown argument ${unknown.join(', ')}. There are --port N and --help.`,
    };
  }
  if (values.help) return { kind: 'help' };
  const port = values.port ?? '8080';
  const highest = 65535 - PORT_SPAN;
  if (typeof port !== 'string' || !/^\d{1,5}$/.test(port) || Number(port) > highest) {
    return { kind: 'invalid', problem: `--port takes a number from 0 to ${highest}, such as --port 9000.` };
  }
  return { kind: 'start', port: Number(port) };
}
