import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArguments, runCommand } from '../../tools/arguments.ts';
import { optionsTable } from './options-table.ts';

const FILE = fileURLToPath(new URL('../../docs/options.md', import.meta.url));

await runCommand({
  help: 'Usage: npm run docs:options\n\nWrites docs/options.md from the options of the CDK app.',
  run(args) {
    parseArguments(args, {});
    writeFileSync(FILE, optionsTable());
    return 0;
  },
});
