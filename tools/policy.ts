import { runCommand } from './arguments.ts';
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
    const { interrupted, onWrite } = obeyInterrupts();
    try {
      const session = await sessionOf({ ...options, output, interrupted, onWrite });
      const { status, json: result } = await act(session);
      document({ ok: status === 0, status, ...result });
      return status;
    } catch (error) {
      const status = error instanceof Interrupted ? INTERRUPTED_STATUS : 1;
      document({
        ok: false,
        error: withoutTokens(harmless(error instanceof Error ? error.message : String(error))),
      });
      if (status === 1) throw error;
      output.say((error as Error).message, 'bad');
      return status;
    }
  },
});

/** Ctrl-C ends the process at once as long as nothing is written; from then on the command stops and says what is. */
function obeyInterrupts() {
  const controller = new AbortController();
  let isWriting = false;
  process.on('SIGINT', () => {
    if (controller.signal.aborted || !isWriting) {
      console.error(isWriting ? 'Interrupted again.' : 'Interrupted: nothing was written.');
      process.exit(INTERRUPTED_STATUS);
    }
    controller.abort();
  });
  return {
    interrupted: controller.signal,
    onWrite: () => {
      isWriting = true;
    },
  };
}
