import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArguments, runCommand } from '../../tools/arguments.ts';
import { propsSource } from '../package/props-source.ts';
import { optionsTable } from './options-table.ts';

const TABLE = fileURLToPath(new URL('../../docs/options.md', import.meta.url));
const PROPS = fileURLToPath(new URL('../package/authorizer-options.ts', import.meta.url));

await runCommand({
  help: 'Usage: npm run docs:options\n\nWrites docs/options.md and the properties of AlbJwtAuthorizer from the options of the CDK app.',
  run(args) {
    parseArguments(args, {});
    writeFileSync(TABLE, optionsTable());
    writeFileSync(PROPS, propsSource());
    return 0;
  },
});
