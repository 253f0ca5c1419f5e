import { defineCheck, found, ok, problem, warning } from '../check.ts';
import { lockDifferences, readLock } from '../lock-differences.ts';
import { isNewer } from '../versions.ts';

const node = defineCheck({
  id: 'node',
  title: 'Node.js',
  about: 'the version that runs the tools, and the version on which `npm start` runs functions',
  scope: 'everywhere',
  async run(_, { machine }) {
    const { nodeVersion, functionNode, readFile } = machine;
    const { engines } = JSON.parse((await readFile('package.json')) ?? '{}') as {
      readonly engines?: { readonly node?: string };
    };
    const least = /\d+(?:\.\d+)*/.exec(engines?.node ?? '')?.[0] ?? '0';
    if (isNewer(least, nodeVersion)) {
      return found(
        problem(
          `${nodeVersion} is too old for the tools`,
          `Install Node.js ${least} or later; 24 also runs what npm start runs.`,
        ),
      );
    }
    try {
      return found(ok(`${nodeVersion} runs the tools, ${functionNode()} the functions of npm start`));
    } catch (error) {
      return found(
        warning(
          `${nodeVersion} runs the tools, but nothing here runs npm start, which needs Node.js 24`,
          (error as Error).message,
        ),
      );
    }
  },
});

/** How many packages are named. */
const SHOWN = 3;

const dependencies = defineCheck({
  id: 'dependencies',
  title: 'Dependencies',
  about: 'whether the packages in `node_modules` match `package-lock.json`',
  scope: 'everywhere',
  async run(_, { machine: { readFile } }) {
    const lock = readLock((await readFile('package-lock.json')) ?? '');
    if (lock === undefined) {
      return found(
        problem(
          'package-lock.json is missing or is not a lock file',
          'Restore it with git, then run npm ci.',
        ),
      );
    }
    const differences = await lockDifferences(lock, readFile);
    if (differences.length === 0) {
      return found(ok(`the ${lock.length} packages of package-lock.json are installed`));
    }
    const others = differences.length - SHOWN;
    const named = [...differences.slice(0, SHOWN), ...(others > 0 ? [`${others} more`] : [])].join(', ');
    return found(warning(`node_modules differs from package-lock.json: ${named}`, 'Run npm ci.'));
  },
});

export const MACHINE_CHECKS = [node, dependencies] as const;
