import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type SynthesisOptions, synthesize } from './synthesize.ts';

export interface TemporaryDirectory {
  readonly path: string;
  /** Removes it with all that is in it. */
  close(): Promise<void>;
}

export async function createTemporaryDirectory(): Promise<TemporaryDirectory> {
  const path = await mkdtemp(join(tmpdir(), 'alb-jwt-authorizer-'));
  return { path, close: () => rm(path, { recursive: true, force: true, maxRetries: 3 }) };
}

/** Synthesizes the app into a directory of its own: stacks of one clone must not overwrite each other's. */
export async function synthesizeTemporarily(options: SynthesisOptions): Promise<TemporaryDirectory> {
  const directory = await createTemporaryDirectory();
  try {
    await synthesize(directory.path, options);
    return directory;
  } catch (error) {
    await directory.close();
    throw error;
  }
}
