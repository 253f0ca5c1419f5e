import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type SynthesisOptions, synthesize } from './synthesize.ts';

export interface TemporaryDirectory {
  readonly path: string;
  /** Removes it with its contents. */
  close(): Promise<void>;
}

export async function createTemporaryDirectory(): Promise<TemporaryDirectory> {
  const path = await mkdtemp(join(tmpdir(), 'alb-jwt-authorizer-'));
  return { path, close: () => rm(path, { recursive: true, force: true, maxRetries: 3 }) };
}

/** Synthesizes the app into a new directory, so that stacks of one clone do not overwrite each other's assembly. */
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
