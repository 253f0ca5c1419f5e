import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArguments, runCommand } from './arguments.ts';
import { generatedFiles } from './generated-files.ts';
import { userPath } from './user-path.ts';

const HELP = `Usage: npm run schema [-- --check] [--out DIR]

Writes the JSON Schemas of the parameters "policy" and "revocations", of the snapshot and of stage files to schema/, and the
tables of the parameters' fields to docs/policy.md, from the one schema that the function parses with. Also the
table of docs/paths.md, what docs/codes.md says about each code, and the numbers of docs/limits.md.

  --check    write nothing; fail where a file is not what would be written
  --out DIR  where the files go (default: this repository)
  --help     print this text`;

const ROOT = fileURLToPath(new URL('..', import.meta.url));

const textOf = (path: string): string | undefined =>
  existsSync(path) ? readFileSync(path, 'utf8') : undefined;

await runCommand({
  help: HELP,
  async run(args) {
    const { values } = parseArguments(args, { check: { type: 'boolean' }, out: { type: 'string' } });
    const out = values.out === undefined ? ROOT : userPath(values.out);
    const files = generatedFiles((path) => readFileSync(join(ROOT, path), 'utf8'));
    const stale = [...files].filter(([name, text]) => textOf(join(out, name)) !== text);
    if (values.check) {
      for (const [name] of stale) console.error(`${name} is stale: run npm run schema`);
      return stale.length > 0 ? 1 : 0;
    }
    for (const [name, text] of stale) {
      mkdirSync(dirname(join(out, name)), { recursive: true });
      writeFileSync(join(out, name), text);
    }
    for (const [name] of files) {
      console.log(`${name}  ${stale.some(([other]) => other === name) ? 'written' : 'unchanged'}`);
    }
    return 0;
  },
});
