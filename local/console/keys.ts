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
const CTRL_Z = '\u001a';
const ENTER = '\r';

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
    readonly interrupt: () => void;
    /** Stops the processes of the terminal's foreground. */
    readonly suspend: () => void;
    readonly write: (line: string) => void;
  },
): KeyInput {
  const { keys, interrupt, suspend, write } = actions;
  const setRaw = (raw: boolean) => input.setRawMode(raw);

  const attempt = async ({ act: obey }: Key) => {
    try {
      await obey();
    } catch (error) {
      write(error instanceof Error ? error.message : String(error));
    }
  };
  const act = (pressed: string) => {
    const found = keys.find(({ key }) => key === pressed.toLowerCase());
    if (found) void attempt(found);
  };
  const onData = (data: Buffer) => {
    const text = data.toString('utf8');
    if (text.includes(CTRL_C)) interrupt();
    else if (text === CTRL_Z) {
      setRaw(false);
      suspend();
    } else if (text === ENTER) write('');
    else act(text);
  };
  const onContinued = () => void setRaw(true);

  setRaw(true);
  input.on('data', onData);
  // The terminal is gone.
  input.on('error', interrupt);
  input.resume();
  process.on('SIGCONT', onContinued);
  return {
    close() {
      process.off('SIGCONT', onContinued);
      input.off('data', onData);
      input.off('error', interrupt);
      input.pause();
      setRaw(false);
    },
  };
}
