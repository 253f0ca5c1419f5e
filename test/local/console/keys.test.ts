import { EventEmitter } from 'node:events';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { type KeyInput, readKeys } from '../../../local/console/keys.ts';

/** The parts of a terminal that keys need. */
class Terminal extends EventEmitter {
  raw = false;
  reading = false;
  setRawMode(raw: boolean) {
    this.raw = raw;
  }
  resume() {
    this.reading = true;
  }
  pause() {
    this.reading = false;
  }
  press(text: string) {
    this.emit('data', Buffer.from(text));
  }
}

let terminal: Terminal;
let input: KeyInput;
let end = () => {};
let seen: string[];
let foreground: boolean;
let timers: Set<() => void>;
beforeEach(() => {
  terminal = new Terminal();
  seen = [];
  foreground = true;
  timers = new Set();
  input = readKeys(terminal as unknown as NodeJS.ReadStream, {
    keys: [
      { key: 't', name: '', title: '', act: () => void seen.push('t') },
      { key: 'r', name: '', title: '', act: async () => void seen.push('r') },
      { key: 'l', name: '', title: '', act: () => new Promise<void>((resolve) => { seen.push('l'); end = resolve; }) }, // biome-ignore format: one line
      {
        key: 'a',
        name: '',
        title: '',
        act: () => Promise.reject(Object.assign(new Error('aborted'), { name: 'AbortError' })),
      },
      { key: 'x', name: '', title: '', act: () => Promise.reject(new Error('it is broken')) },
    ],
    interrupt: () => seen.push('interrupt'),
    quit: () => seen.push('quit'),
    isInForeground: () => foreground,
    later(_, callBack) {
      timers.add(callBack);
      return () => timers.delete(callBack);
    },
    suspend: () => seen.push(`suspend, raw: ${terminal.raw}`),
    write: (line) => seen.push(`write ${line}`),
  });
});
afterEach(() => input.close());

test('a key acts in either case, and other keys do nothing', () => {
  for (const key of ['t', 'R', 'z', '\u001b']) terminal.press(key);
  expect(seen).toEqual(['t', 'r']);
});

test('ignores pasted text and arrow keys', () => {
  for (const text of ['curl -i http://localhost:8080/api/rotate', 'tt', '\u001b[A']) terminal.press(text);
  expect(seen).toEqual([]);
});

test('Enter prints an empty line', () => {
  terminal.press('\r');
  expect(seen).toEqual(['write ']);
});

test('a key that fails says why, and the next one works', async () => {
  terminal.press('x');
  await new Promise(setImmediate);
  terminal.press('t');
  expect(seen).toEqual(['write it is broken', 't']);
});

test('Ctrl-C interrupts, even within pasted text', () => {
  terminal.press('\u0003');
  terminal.press('abc\u0003');
  expect(seen).toEqual(['interrupt', 'interrupt']);
});

test('Ctrl-Z restores the terminal before it suspends, and keys work again afterwards', () => {
  terminal.press('\u001a');
  expect(seen).toEqual(['suspend, raw: false']);
  process.emit('SIGCONT', 'SIGCONT');
  expect(terminal.raw).toBe(true);
});

test('a process that continues in the background leaves the terminal alone until it is in the foreground', () => {
  terminal.press('\u001a');
  foreground = false;
  process.emit('SIGCONT', 'SIGCONT');
  expect([terminal.raw, terminal.reading, timers.size]).toEqual([false, false, 1]);
  foreground = true;
  const [look] = timers;
  look?.();
  expect([terminal.raw, terminal.reading, timers.size]).toEqual([true, true, 0]);
});

test('a process that ends in the background does not touch the terminal', () => {
  foreground = false;
  process.emit('SIGCONT', 'SIGCONT');
  terminal.raw = true;
  input.close();
  expect([terminal.raw, timers.size]).toEqual([true, 0]);
});

test('a key does nothing while its action is running, and other keys work', async () => {
  for (const key of ['l', 'l', 't', 'l']) terminal.press(key);
  expect(seen).toEqual(['l', 't']);
  end();
  await new Promise(setImmediate);
  terminal.press('l');
  expect(seen).toEqual(['l', 't', 'l']);
});

test('an action aborted at the end of the stack is not reported as a failure', async () => {
  terminal.press('a');
  await new Promise(setImmediate);
  expect(seen).toEqual([]);
});

test('Ctrl-D quits, and so does the loss of the terminal', () => {
  terminal.press('\u0004');
  terminal.emit('error', new Error('EIO'));
  expect(seen).toEqual(['quit', 'quit']);
});

test('closing restores the terminal', () => {
  expect([terminal.raw, terminal.reading]).toEqual([true, true]);
  input.close();
  expect([terminal.raw, terminal.reading, terminal.listenerCount('data')]).toEqual([false, false, 0]);
  process.emit('SIGCONT', 'SIGCONT');
  expect(terminal.raw).toBe(false);
});
