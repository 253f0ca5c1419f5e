import { randomUUID } from 'node:crypto';
import { existsSync, linkSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, isAbsolute, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { PolicyDocument } from '../../lambda/core/config/policy-schema.ts';
import { CommandFailure } from '../arguments.ts';
import { format } from '../json-schemas.ts';
import { userPath } from '../user-path.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const SCHEMA = join(ROOT, 'schema', 'policy.schema.json');

/** The text of the file. It names the schema if it is within this repository, where an editor finds that. */
export function policyText(policy: PolicyDocument, file: string): string {
  const path = userPath(file);
  const toSchema = relative(dirname(path), SCHEMA).split(sep).join('/');
  const isInside = !relative(ROOT, path).startsWith('..') && !isAbsolute(relative(ROOT, path));
  const reference = toSchema.startsWith('.') ? toSchema : `./${toSchema}`;
  return format({ ...(isInside && { $schema: reference }), ...policy });
}

/** @throws CommandFailure where there is such a file already, before anybody is asked anything */
export function refuseExisting(file: string): void {
  if (existsSync(userPath(file))) throw new CommandFailure(existing(file));
}

/**
 * Writes the whole file or nothing.
 *
 * @param replace whether a file that is there is replaced
 * @throws CommandFailure where that cannot be done
 */
export function writePolicyFile(file: string, text: string, replace: boolean): void {
  const path = userPath(file);
  const temporary = join(dirname(path), `.${basename(path)}.${randomUUID()}.tmp`);
  try {
    writeFileSync(temporary, text, { flag: 'wx' });
    if (replace) renameSync(temporary, path);
    // Unlike a renaming, this fails if somebody has made such a file in the meantime.
    else linkSync(temporary, path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') throw new CommandFailure(existing(file));
    throw new CommandFailure(
      `${file} cannot be written: ${reasonOf(code)}. Choose another file by --output.`,
    );
  } finally {
    rmSync(temporary, { force: true });
  }
}

const existing = (file: string): string =>
  `${file} exists, and nothing has been written: --force replaces it, and --output FILE writes another one.`;

function reasonOf(code: string | undefined): string {
  if (code === 'ENOENT') return 'its folder does not exist';
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS') return 'you may not write there';
  if (code === 'EISDIR' || code === 'ENOTDIR') return 'it is a folder, or lies in what is none';
  return `${code}`;
}
