import { styleText } from 'node:util';
import { HELP, parseArguments } from './arguments.ts';
import { instructions } from './instructions.ts';
import { createRepeatFilter } from './keeper/repeated-lines.ts';
import { PortUnavailableError } from './loopback-server.ts';
import { type LogLine, startStack } from './stack.ts';

/** npm and tsx pass Ctrl-C on to a process that already has it from the terminal: that is no second one. */
const SECOND_SIGNAL_AFTER_MS = 300;

const colored = process.stdout.isTTY && !process.env.NO_COLOR;
const style = (format: 'bold' | 'dim') => (text: string) => (colored ? styleText(format, text) : text);
const dim = style('dim');

async function main(args: readonly string[]): Promise<void> {
  const parsed = parseArguments(args);
  if (parsed.kind === 'help') {
    console.log(HELP);
    return;
  }
  if (parsed.kind === 'invalid') {
    console.error(`${HELP}\n\n${parsed.problem}`);
    process.exitCode = 2;
    return;
  }

  const interrupted = new AbortController();
  onInterrupt(() => interrupted.abort());
  const begun = performance.now();
  console.log(dim('Synthesizing the CDK app …'));
  const { kind: _, cold, ...options } = parsed;
  const stack = await startStack({
    ...options,
    functions: { cold },
    log: print,
    signal: interrupted.signal,
  });
  console.log(dim(`Ready after ${((performance.now() - begun) / 1000).toFixed(1)} s.`));
  console.log(instructions(stack, style('bold')));

  if (!interrupted.signal.aborted) {
    await new Promise((resolve) => interrupted.signal.addEventListener('abort', resolve));
  }
  await stack.close();
}

const isNews = createRepeatFilter();

/** The function's own lines stay as they are, so that JSON can be read and copied. */
function print({ part, kind, text }: LogLine): void {
  if ((part === 'keeper' || part === 's3') && !isNews(text)) return;
  const prefix = dim(`${part.padEnd(8)} │`);
  console.log(`${prefix} ${kind === 'output' ? text : dim(text)}`);
}

function onInterrupt(end: () => void): void {
  let first: number | undefined;
  const interrupt = () => {
    if (first !== undefined && performance.now() - first > SECOND_SIGNAL_AFTER_MS) process.exit(130);
    first ??= performance.now();
    end();
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, interrupt);
}

main(process.argv.slice(2)).then(
  // Idle keep-alive connections of clients must not hold the process.
  () => process.exit(),
  (error: unknown) => {
    if (error instanceof Error && error.name === 'AbortError') process.exit(130);
    console.error(error instanceof Error ? error.message : error);
    if (error instanceof PortUnavailableError) {
      console.error('The stack takes several ports in a row; choose others with: npm start -- --port 9000');
    }
    process.exit(1);
  },
);
