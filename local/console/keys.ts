import type { Later } from './later.ts';

/** A key that does something while the stack runs. */
export interface Key {
  readonly key: string;
  /** A word or two, for the line that lists all keys. */
  readonly name: string;
  /** What it does, for the help. */
  readonly title: string;
  /** Rejects with an error whose message is shown to the person. */
  readonly act: () => Promise<void> | void;
}

const CTRL_C = '\u0003';
const CTRL_D = '\u0004';
const CTRL_Z = '\u001a';
const ENTER = '\r';

/** How often a background process checks for the foreground, in milliseconds: a shell need not signal the change. */
const BACKGROUND_MS = 1000;

export interface KeyInput {
  /** Restores the terminal's mode. */
  close(): void;
}

/**
 * Reads single keys from a terminal in raw mode, where Ctrl-C and Ctrl-Z arrive as keys and are handled here. Only a
 * character that arrives alone is a key: pasted text must not trigger the actions of its letters.
 */
export function readKeys(
  input: NodeJS.ReadStream,
  actions: {
    readonly keys: readonly Key[];
    /** Ctrl-C. */
    readonly interrupt: () => void;
    /** Stops the stack; called for Ctrl-D and when the terminal is gone. */
    readonly quit: () => void;
    /** Suspends the terminal's foreground processes. */
    readonly suspend: () => void;
    /** Whether this process may read and set the terminal: the system stops a background process that does. */
    readonly isInForeground: () => boolean;
    readonly later: Later;
    readonly write: (line: string) => void;
  },
): KeyInput {
  const { keys, interrupt, quit, suspend, isInForeground, later, write } = actions;
  const setRaw = (raw: boolean) => input.setRawMode(raw);
  /** Keys whose action is still running: a key held down acts once. */
  const busy = new Set<Key>();
  let callOff = () => {};

  const attempt = async (key: Key) => {
    if (busy.has(key)) return;
    busy.add(key);
    try {
      await key.act();
    } catch (error) {
      // An AbortError means that the whole stack is stopping.
      if (!(error instanceof Error && error.name === 'AbortError')) {
        write(error instanceof Error ? error.message : String(error));
      }
    } finally {
      busy.delete(key);
    }
  };
  const act = (pressed: string) => {
    const found = keys.find(({ key }) => key === pressed.toLowerCase());
    if (found) void attempt(found);
  };
  const onData = (data: Buffer) => {
    const text = data.toString('utf8');
    if (text.includes(CTRL_C)) interrupt();
    else if (text === CTRL_D) quit();
    else if (text === CTRL_Z) {
      setRaw(false);
      suspend();
    } else if (text === ENTER) write('');
    else act(text);
  };
  const onContinued = () => {
    callOff();
    if (isInForeground()) {
      setRaw(true);
      input.resume();
    } else {
      input.pause();
      callOff = later(BACKGROUND_MS, onContinued);
    }
  };

  setRaw(true);
  input.on('data', onData);
  input.on('error', quit);
  input.resume();
  process.on('SIGCONT', onContinued);
  return {
    close() {
      callOff();
      process.off('SIGCONT', onContinued);
      input.off('data', onData);
      input.off('error', quit);
      input.pause();
      if (isInForeground()) setRaw(false);
    },
  };
}
