import { afterAll, expect } from '@jest/globals';

/**
 * Runs in every test file. Nothing that a test prints, from the function or from a part of the stack, may contain
 * anything that looks like a token.
 */
const TOKEN = /eyJ[\w-]{8,}={0,2}\.[\w-]{8,}/;
const printed: string[] = [];

for (const stream of [process.stdout, process.stderr]) {
  const write = stream.write.bind(stream);
  stream.write = ((chunk: string | Uint8Array, ...rest: never[]) => {
    const text = typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString('latin1');
    if (TOKEN.test(text)) printed.push(text.replace(TOKEN, '<token>').slice(0, 200));
    return write(chunk, ...rest);
  }) as typeof stream.write;
}
for (const level of ['log', 'info', 'warn', 'error', 'debug'] as const) {
  const log = console[level].bind(console);
  console[level] = (...values: unknown[]) => {
    const text = values.map((value) => (typeof value === 'string' ? value : JSON.stringify(value))).join(' ');
    if (TOKEN.test(text)) printed.push(text.replace(TOKEN, '<token>').slice(0, 200));
    log(...values);
  };
}

afterAll(() => {
  expect(printed).toEqual([]);
});
