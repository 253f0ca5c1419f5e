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
  /** Has the functions run on the bundles in a directory. */
  readonly replaceCode: (directory: string) => void;
  readonly onBuilt: (built: Built, ms: number) => void;
  /** What the template is made from has changed: that needs another start. */
  readonly onTemplateChanged: () => void;
  /** Builds the bundles into a directory; the project's own build unless set. */
  readonly build?: typeof build;
  /** Watches one folder; Node.js unless set. */
  readonly watchFolder?: WatchFolder;
  /** Where the functions' sources are, and the app's; the project's own unless set. */
  readonly sources?: { readonly functions: string; readonly app: string };
}

/** Builds the functions anew whenever their sources change. What does not build leaves those before in place. */
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
      // Requests under way are still on the one before.
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
