import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createTemporaryDirectory } from '../assembly/temporary-assembly.ts';
import { createMergedRuns } from '../keeper/merged-runs.ts';
import { type Built, build } from './build.ts';
import { type WatchFolder, watchSources } from './watch-sources.ts';

const SOURCES = fileURLToPath(new URL('../../lambda', import.meta.url));
const INFRASTRUCTURE = fileURLToPath(new URL('../../infra', import.meta.url));

export interface LiveCodeOptions {
  /** Makes the functions run the bundles in a directory. */
  readonly replaceCode: (directory: string) => void;
  readonly onBuilt: (built: Built, ms: number) => void;
  /** The template's sources have changed, which needs a restart. */
  readonly onTemplateChanged: () => void;
  /** Builds the bundles into a directory. By default, the project's own build. */
  readonly build?: typeof build;
  /** Watches one folder. By default, through Node.js. */
  readonly watchFolder?: WatchFolder;
  /** The folders of the functions' and the app's sources. By default, the project's own. */
  readonly sources?: { readonly functions: string; readonly app: string };
}

/** Rebuilds the functions whenever their sources change. A failed build leaves the previous one running. */
export async function startLiveCode(options: LiveCodeOptions): Promise<{ close(): Promise<void> }> {
  const { replaceCode, onBuilt, onTemplateChanged } = options;
  const { functions, app } = options.sources ?? { functions: SOURCES, app: INFRASTRUCTURE };
  const directory = await createTemporaryDirectory();
  const ended = new AbortController();
  let count = 0;
  const runs = createMergedRuns<undefined>(async () => {
    const begun = performance.now();
    const outdir = join(directory.path, String(++count));
    const built = await (options.build ?? build)(outdir, ended.signal);
    if (ended.signal.aborted) return;
    if (built.ok) {
      replaceCode(outdir);
      // Keeps the previous build: requests under way still use it.
      await rm(join(directory.path, String(count - 2)), { recursive: true, force: true });
    }
    onBuilt(built, performance.now() - begun);
  });
  const watchers: { close(): void }[] = [];
  const close = async () => {
    for (const watcher of watchers) watcher.close();
    ended.abort();
    await runs.close();
    await directory.close();
  };
  const watch = (folder: string, onChange: () => void) =>
    watchers.push(watchSources(folder, onChange, options.watchFolder));
  try {
    watch(functions, () => runs.request(undefined));
    watch(app, onTemplateChanged);
  } catch (error) {
    await close();
    throw error;
  }
  return { close };
}
