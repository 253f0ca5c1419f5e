import { EventEmitter } from 'node:events';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { type KeyInput, readKeys } from '../../../local/console/keys.ts';

/** A terminal as far as keys need one. */
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
let seen: string[];
beforeEach(() => {
  terminal = new Terminal();
  seen = [];
  input = readKeys(terminal as unknown as NodeJS.ReadStream, {
    keys: [
      { key: 't', name: '', title: '', act: () => void seen.push('t') },
      { key: 'r', name: '', title: '', act: async () => void seen.push('r') },
      { key: 'x', name: '', title: '', act: () => Promise.reject(new Error('it is broken')) },
    ],
    interrupt: () => seen.push('interrupt'),
    suspend: () => seen.push(`suspend, raw: ${terminal.raw}`),
    write: (line) => seen.push(`write ${line}`),
  });
});
afterEach(() => input.close());

test('a key does what it stands for, in either case, and others do nothing', () => {
  for (const key of ['t', 'R', 'z', '\u001b']) terminal.press(key);
  expect(seen).toEqual(['t', 'r']);
});

test('what is pasted is no key, and neither are arrows', () => {
  for (const text of ['curl -i http://localhost:8080/api/rotate', 'tt', '\u001b[A']) terminal.press(text);
  expect(seen).toEqual([]);
});

test('Enter leaves a line free', () => {
  terminal.press('\r');
  expect(seen).toEqual(['write ']);
});

test('a key that fails says why, and the next one works', async () => {
  terminal.press('x');
  await new Promise(setImmediate);
  terminal.press('t');
  expect(seen).toEqual(['write it is broken', 't']);
});

test('Ctrl-C interrupts, also within what is pasted', () => {
  terminal.press('\u0003');
  terminal.press('abc\u0003');
  expect(seen).toEqual(['interrupt', 'interrupt']);
});

test('Ctrl-Z gives the terminal back before it suspends, and keys are read again afterwards', () => {
  terminal.press('\u001a');
  expect(seen).toEqual(['suspend, raw: false']);
  process.emit('SIGCONT', 'SIGCONT');
  expect(terminal.raw).toBe(true);
});

test('the terminal is as it was when keys are read no more', () => {
  expect([terminal.raw, terminal.reading]).toEqual([true, true]);
  input.close();
  expect([terminal.raw, terminal.reading, terminal.listenerCount('data')]).toEqual([false, false, 0]);
  process.emit('SIGCONT', 'SIGCONT');
  expect(terminal.raw).toBe(false);
});
