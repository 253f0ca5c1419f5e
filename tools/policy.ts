import { ArgumentError, runCommand } from './arguments.ts';
import { printedJson } from './explain/lines.ts';
import { harmless, withoutTokens } from './harmless.ts';
import { Interrupted } from './policy/ask.ts';
import { HELP } from './policy/help.ts';
import { createOutput } from './policy/output.ts';
import { runOf } from './policy/run.ts';
import { INTERRUPTED_STATUS } from './policy/session.ts';
import { sessionOf } from './policy/session-of.ts';
import { paintFor } from './terminal-colors.ts';

await runCommand({
  help: HELP,
  async run(args) {
    const { name, json, act, ...options } = runOf(args, Date.now());
    const stream = json ? process.stderr : process.stdout;
    const write = (line: string) => void stream.write(`${line}\n`);
    const output = createOutput(write, paintFor(stream, process.env));
    const document = (content: object) => {
      if (json) console.log(printedJson({ command: name, ...content }));
    };
    const { interrupted, onWrite } = obeyInterrupts((error) => {
      document({ ok: false, status: INTERRUPTED_STATUS, error });
      console.error(error);
      process.exit(INTERRUPTED_STATUS);
    });
    try {
      const session = await sessionOf({ ...options, output, interrupted, onWrite });
      const { status, json: result } = await act(session);
      document({ ok: status === 0, status, ...result });
      return status;
    } catch (error) {
      const status = error instanceof Interrupted ? INTERRUPTED_STATUS : 1;
      document({
        ok: false,
        status: error instanceof ArgumentError ? 2 : status,
        error: withoutTokens(harmless(error instanceof Error ? error.message : String(error))),
      });
      if (status === 1) throw error;
      output.say((error as Error).message, 'bad');
      return status;
    }
  },
});

/**
 * Before the first write, Ctrl-C (or SIGTERM, which ends a CI job) ends the process at once. After it, the command stops in
 * order and says what was written.
 */
function obeyInterrupts(exit: (why: string) => never) {
  const controller = new AbortController();
  let isWriting = false;
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      if (!isWriting) exit('Interrupted: nothing was written.');
      if (controller.signal.aborted) {
        exit('Interrupted again, so what was written is unknown: run npm run policy -- status.');
      }
      controller.abort();
    });
  }
  return {
    interrupted: controller.signal,
    onWrite: () => {
      isWriting = true;
    },
  };
}
