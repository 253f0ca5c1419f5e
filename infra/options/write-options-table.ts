import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { optionsTable } from './options-table.ts';

const FILE = fileURLToPath(new URL('../../docs/options.md', import.meta.url));

if (process.argv.length > 2) {
  console.log('Usage: npm run docs:options\n\nWrites docs/options.md from the options of the CDK app.');
  process.exitCode = process.argv[2] === '--help' ? 0 : 2;
} else {
  writeFileSync(FILE, optionsTable());
}
