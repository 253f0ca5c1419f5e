import { ArgumentError } from '../tools/arguments.ts';
import { wantsColors } from '../tools/terminal-colors.ts';
import { type Arguments, HELP, parseArguments } from './arguments.ts';
import { SynthesisError } from './assembly/synthesize.ts';
import { createConsole } from './console/console.ts';
import { isInForeground } from './console/foreground.ts';
import { readKeys } from './console/keys.ts';
import { later } from './console/later.ts';
import { onParentEnd } from './console/parent.ts';
import { printable } from './console/printable.ts';
import { stackKeys } from './console/stack-keys.ts';
import { createStyle } from './console/style.ts';
import { firstScreen } from './instructions.ts';
import { startLiveCode } from './lambda/live-code.ts';
import { PortUnavailableError } from './loopback-server.ts';
import { FIRST_PORT } from './ports.ts';
import { startStack } from './stack.ts';

/** The terminal sends Ctrl-C to this process, and npm then passes it on: within this time, the two count as one. */
const SECOND_SIGNAL_AFTER_MS = 300;

const style = createStyle(wantsColors(process.stdout, process.env));
const write = (text: string) => console.log(text);

async function main(args: readonly string[]): Promise<void> {
  const parsed = parseArguments(args, process.env);
  if (parsed.kind === 'help') write(HELP);
  else await run(parsed);
}

async function run(options: Extract<Arguments, { kind: 'start' }>): Promise<void> {
  const { cold, verbose, watch, ...stackOptions } = options;
  const ended = new AbortController();
  const { signal } = ended;
  const quit = () => ended.abort();
  const interrupt = onInterrupt(quit);
  // The reader of the output has gone, as with "npm start | head".
  process.stdout.on('error', quit);
  if (process.env.npm_lifecycle_event !== undefined && process.platform !== 'win32') onParentEnd(quit, later);
  const begun = performance.now();
  write(style.dim('Synthesizing the CDK app …'));
  const stackConsole = createConsole({ write, style, verbose, later });
  let started = false;
  const stack = await startStack({
    ...stackOptions,
    functions: { cold },
    // Requests between the parts during the start are not news.
    onEvent(event) {
      if (started || verbose || event.kind !== 'request') stackConsole.show(event);
    },
    signal,
  });
  started = true;
  const closing: { close(): Promise<void> | void }[] = [stack];
  try {
    if (options.port === undefined && stack.loadBalancer.port !== FIRST_PORT) {
      write(
        `Port ${FIRST_PORT} or one of the next few is taken, so the load balancer listens on ${stack.loadBalancer.port}.`,
      );
    }
    if (watch) {
      closing.push(
        await startLiveCode({
          replaceCode: stack.replaceCode,
          onBuilt(built, ms) {
            if (built.ok)
              write(`${style.green('build')}  done in ${Math.round(ms)} ms; the next request runs it`);
            else {
              write(`${style.red('build')}  failed; the functions keep running the last build that worked`);
              for (const line of built.problem.split('\n')) write(`  ${printable(line)}`);
            }
          },
          onTemplateChanged: () =>
            write(
              `${style.yellow('infra')}  has changed; stop npm start and run it again to apply the change`,
            ),
        }),
      );
    }
    write(style.dim(`Ready after ${((performance.now() - begun) / 1000).toFixed(1)} s.`));
    const hasKeys = process.stdin.isTTY && process.stdout.isTTY && isInForeground();
    const keys = hasKeys ? stackKeys({ stack, console: stackConsole, write, style, quit, signal }) : [];
    write(firstScreen(stack, keys, style));
    if (hasKeys) {
      const suspend = () => {
        if (process.platform !== 'win32') process.kill(0, 'SIGTSTP');
      };
      closing.push(readKeys(process.stdin, { keys, interrupt, quit, suspend, isInForeground, later, write }));
    }
    if (!signal.aborted) await new Promise((resolve) => signal.addEventListener('abort', resolve));
  } finally {
    for (const part of closing.reverse()) await part.close();
    stackConsole.close();
  }
}

/** The first signal, or Ctrl-C as a key, closes the stack in order; a second one ends the process at once. */
function onInterrupt(end: () => void): () => void {
  let first: number | undefined;
  const interrupt = () => {
    if (first !== undefined && performance.now() - first > SECOND_SIGNAL_AFTER_MS) process.exit(130);
    first ??= performance.now();
    end();
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, interrupt);
  return interrupt;
}

/** Prints the error as the last line, after any output of the CDK app, and exits. */
function fail(error: unknown): never {
  if (error instanceof Error && error.name === 'AbortError') process.exit(130);
  if (error instanceof ArgumentError) {
    console.error(error.message);
    process.exit(2);
  }
  if (error instanceof SynthesisError) console.error(error.output);
  const message = error instanceof Error ? error.message : String(error);
  console.error(error instanceof PortUnavailableError ? `${message} ${PORT_ADVICE}` : message);
  process.exit(1);
}

const PORT_ADVICE =
  'The stack needs several consecutive ports: leave out --port to use the first free ones, or choose others, such as npm start -- --port 9000.';

// Idle keep-alive connections of clients must not keep the process alive.
main(process.argv.slice(2)).then(() => process.exit(), fail);
