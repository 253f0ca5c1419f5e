import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { ENTRIES } from '../../../infra/bundle/entries.ts';
import { type Built, build } from '../../../local/lambda/build.ts';
import { startLiveCode } from '../../../local/lambda/live-code.ts';
import { eventually, temporaryDirectory } from '../../support/local-stack-fixtures.ts';

let sources: ReturnType<typeof temporaryDirectory>;
let live: Awaited<ReturnType<typeof startLiveCode>> | undefined;
let built: Built[];
let replaced: string[];
let templateChanges: number;
beforeEach(() => {
  sources = temporaryDirectory();
  built = [];
  replaced = [];
  templateChanges = 0;
});
afterEach(async () => {
  await live?.close();
  live = undefined;
  sources.remove();
});

async function start(outcome: () => Built | Promise<Built>) {
  const functions = join(sources.path, 'lambda');
  const app = join(sources.path, 'infra');
  await mkdir(join(functions, 'core'), { recursive: true });
  await mkdir(app);
  const directories: string[] = [];
  live = await startLiveCode({
    sources: { functions, app },
    replaceCode: (directory) => replaced.push(directory),
    onBuilt: (result) => built.push(result),
    onTemplateChanged: () => templateChanges++,
    async build(directory) {
      directories.push(directory);
      await mkdir(directory);
      return outcome();
    },
  });
  return { functions, app, directories };
}

test('builds a change of the sources, and the functions run it', async () => {
  const { functions } = await start(() => ({ ok: true }));
  writeFileSync(join(functions, 'core', 'new.ts'), '1');
  await eventually(() => built.length, (count) => count === 1); // biome-ignore format: one line
  expect(built).toEqual([{ ok: true }]);
  expect(replaced.map((directory) => existsSync(directory))).toEqual([true]);
  expect(templateChanges).toBe(0);
});

test('reports a failed build, and the functions keep running the previous one', async () => {
  let outcome: Built = { ok: false, problem: 'Expected ";"' };
  const { functions } = await start(() => outcome);
  writeFileSync(join(functions, 'a.ts'), '1');
  await eventually(() => built.length, (count) => count === 1); // biome-ignore format: one line
  expect([built, replaced]).toEqual([[outcome], []]);
  outcome = { ok: true };
  writeFileSync(join(functions, 'a.ts'), '2');
  await eventually(() => replaced.length, (count) => count === 1); // biome-ignore format: one line
});

test('builds once more after a change during a build, never in parallel', async () => {
  const ends: (() => void)[] = [];
  const { functions, directories } = await start(
    () => new Promise((resolve) => ends.push(() => resolve({ ok: true }))),
  );
  writeFileSync(join(functions, 'a.ts'), '1');
  await eventually(() => ends.length, (count) => count === 1); // biome-ignore format: one line
  writeFileSync(join(functions, 'a.ts'), '2');
  await new Promise((resolve) => setTimeout(resolve, 500));
  expect(directories).toHaveLength(1);
  ends.shift()?.();
  await eventually(() => directories.length, (count) => count === 2); // biome-ignore format: one line
  ends.shift()?.();
});

test('builds a change in a new folder too', async () => {
  const { functions } = await start(() => ({ ok: true }));
  await mkdir(join(functions, 'new'));
  await eventually(() => built.length, (count) => count === 1); // biome-ignore format: one line
  writeFileSync(join(functions, 'new', 'a.ts'), '1');
  await eventually(() => built.length, (count) => count === 2); // biome-ignore format: one line
});

test('reports a change of the app without building it', async () => {
  const { app, directories } = await start(() => ({ ok: true }));
  writeFileSync(join(app, 'app.ts'), '1');
  await eventually(() => templateChanges, (count) => count > 0); // biome-ignore format: one line
  expect(directories).toEqual([]);
});

test('leaves nothing behind when it ends', async () => {
  const { functions } = await start(() => ({ ok: true }));
  writeFileSync(join(functions, 'a.ts'), '1');
  const [directory = ''] = await eventually(() => replaced, (all) => all.length > 0); // biome-ignore format: one line
  await live?.close();
  expect(existsSync(directory)).toBe(false);
});

test("the project's own build has a bundle for each function", async () => {
  const outcome = await build(sources.path, new AbortController().signal);
  expect(outcome).toEqual({ ok: true });
  expect(readdirSync(sources.path).sort()).toEqual(ENTRIES.map((entry) => `${entry}.mjs`).sort());
});

test('reports that the system has no more watchers', async () => {
  const starting = startLiveCode({
    sources: { functions: sources.path, app: sources.path },
    replaceCode: () => {},
    onBuilt: () => {},
    onTemplateChanged: () => {},
    watchFolder() {
      throw Object.assign(new Error('System limit for number of file watchers reached'), { code: 'ENOSPC' });
    },
  });
  await expect(starting).rejects.toThrow(`--watch cannot watch ${sources.path}: System limit`);
});
