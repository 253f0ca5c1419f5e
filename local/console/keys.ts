import type { Later } from './later.ts';

/** A key that does something while the stack runs. */
export interface Key {
  readonly key: string;
  /** A word or two, for the line that lists all. */
  readonly name: string;
  /** What it does, for the help. */
  readonly title: string;
  /** Rejects with what to tell the person. */
  readonly act: () => Promise<void> | void;
}

const CTRL_C = '\u0003';
const CTRL_D = '\u0004';
const CTRL_Z = '\u001a';
const ENTER = '\r';

/** How often a process in the background looks whether it is in the foreground again, in milliseconds: a shell need not tell. */
const BACKGROUND_MS = 1000;

export interface KeyInput {
  /** Gives the terminal back as it was. */
  close(): void;
}

/**
 * Reads single keys from a terminal in raw mode, in which Ctrl-C and Ctrl-Z are keys too and so are obeyed here. Only what
 * arrives alone is a key: something that is pasted must not do what its letters stand for.
 */
export function readKeys(
  input: NodeJS.ReadStream,
  actions: {
    readonly keys: readonly Key[];
    /** Ctrl-C. */
    readonly interrupt: () => void;
    /** Ends it all; Ctrl-D, and a terminal that is gone, do the same. */
    readonly quit: () => void;
    /** Stops the processes of the terminal's foreground. */
    readonly suspend: () => void;
    /** Whether the terminal is this process's to read and to set: the system stops one in the background for either. */
    readonly isInForeground: () => boolean;
    readonly later: Later;
    readonly write: (line: string) => void;
  },
): KeyInput {
  const { keys, interrupt, quit, suspend, isInForeground, later, write } = actions;
  const setRaw = (raw: boolean) => input.setRawMode(raw);
  /** Those that still do what they do: a key that is held down does it once. */
  const busy = new Set<Key>();
  let callOff = () => {};

  const attempt = async (key: Key) => {
    if (busy.has(key)) return;
    busy.add(key);
    try {
      await key.act();
    } catch (error) {
      // What it was doing has been ended with everything else.
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
