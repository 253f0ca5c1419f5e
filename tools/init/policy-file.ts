import { randomUUID } from 'node:crypto';
import { linkSync, lstatSync, realpathSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, isAbsolute, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { PolicyDocument } from '../../lambda/core/config/policy-schema.ts';
import { CommandFailure } from '../arguments.ts';
import { format } from '../json-schemas.ts';
import { userPath } from '../user-path.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const SCHEMA = join(ROOT, 'schema', 'policy.schema.json');

/** The text of the file. Inside this repository, it names the schema for editors. */
export function policyText(policy: PolicyDocument, file: string): string {
  const path = userPath(file);
  const toSchema = relative(dirname(path), SCHEMA).split(sep).join('/');
  const isInside = !relative(ROOT, path).startsWith('..') && !isAbsolute(relative(ROOT, path));
  const reference = toSchema.startsWith('.') ? toSchema : `./${toSchema}`;
  return format({ ...(isInside && { $schema: reference }), ...policy });
}

/**
 * Rejects a file that cannot be written, before any question is asked.
 *
 * @param replace whether an existing file is replaced
 * @throws CommandFailure if the file exists already, or something else has its name
 */
export function rejectExisting(file: string, replace: boolean): void {
  const path = userPath(file);
  // A dangling link counts as existing.
  if (lstatSync(path, { throwIfNoEntry: false }) === undefined) return;
  const target = statSync(path, { throwIfNoEntry: false });
  if (target !== undefined && !target.isFile())
    throw new CommandFailure(unwritable(file, 'it is not a file'));
  if (!replace) throw new CommandFailure(existing(file));
}

/**
 * Writes the whole file or nothing. A link is followed, and its target replaced.
 *
 * @param replace whether an existing file is replaced
 * @throws CommandFailure if that cannot be done
 */
export function writePolicyFile(file: string, text: string, replace: boolean): void {
  rejectExisting(file, replace);
  const path = targetOf(userPath(file));
  const temporary = join(dirname(path), `.${basename(path)}.${randomUUID()}.tmp`);
  try {
    writeFileSync(temporary, text, { flag: 'wx' });
    if (replace) renameSync(temporary, path);
    // Unlike a rename, this fails if somebody has created the file in the meantime.
    else linkSync(temporary, path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new CommandFailure(code === 'EEXIST' ? existing(file) : unwritable(file, reasonOf(code)));
  } finally {
    rmSync(temporary, { force: true });
  }
}

/** The target of a link; the path itself if it is not a link, or a dangling one. */
function targetOf(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}

const existing = (file: string): string =>
  `${file} exists, and nothing has been written: --force replaces it, and --output FILE writes another one.`;

const unwritable = (file: string, reason: string): string =>
  `${file} cannot be written: ${reason}. Choose another file with --output.`;

function reasonOf(code: string | undefined): string {
  if (code === 'ENOENT') return 'its folder does not exist';
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS') return 'you may not write there';
  if (code === 'ENOTDIR') return 'what should be its folder is a file';
  return `${code}`;
}
