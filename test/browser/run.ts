import { existsSync } from 'node:fs';
import { chromium } from 'playwright-core';
import { ArgumentError, parseArguments, runCommand } from '../../tools/arguments.ts';
import { userPath } from '../../tools/user-path.ts';
import { CHECKS } from './checks.ts';
import { startScene } from './scene.ts';

const HELP = `Usage: npm run test:browser [-- --browser FILE]

Has pages of other origins call the laptop stack in a real browser: what a page may read of an answer, what it may send,
and what is kept from it. Without Chromium or Chrome it says so and passes.

  --browser FILE  the browser to use (default: the first that is there of those below)
  --help          print this text

Looked for: `;

/** Where Debian, Ubuntu, Google and macOS put it. */
const BROWSERS = [
  '/usr/bin/chromium',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

async function run(args: readonly string[]): Promise<number> {
  const { values } = parseArguments(args, { browser: { type: 'string' } });
  const named = values.browser && userPath(values.browser);
  if (named !== undefined && !existsSync(named)) {
    throw new ArgumentError(`--browser takes the file of a browser, and there is no ${named}.`);
  }
  const executablePath = named ?? BROWSERS.find((file) => existsSync(file));
  if (executablePath === undefined) {
    console.log(
      `skipped  all checks: no browser at ${BROWSERS.join(', ')}; install one (apt-get install chromium) or name it with --browser`,
    );
    return 0;
  }

  // Chromium's sandbox does not work for root, and only our own pages are loaded.
  const browser = await chromium.launch({ executablePath, chromiumSandbox: false });
  const scene = await startScene(browser).catch(async (error: unknown) => {
    await browser.close();
    throw error;
  });
  let failed = false;
  try {
    console.log(`Chromium ${browser.version()} calls ${scene.api}`);
    for (const { policy, checks } of CHECKS) {
      await scene.put(policy);
      for (const [name, check] of Object.entries(checks)) {
        const problem = await check(scene).then(
          () => undefined,
          (error: unknown) => error,
        );
        failed ||= problem !== undefined;
        console.log(`${problem === undefined ? 'ok      ' : 'FAILED  '} ${name}`);
        if (problem !== undefined) console.log(problem);
      }
    }
  } finally {
    await browser.close();
    await scene.close();
  }
  return failed ? 1 : 0;
}

await runCommand({ help: HELP + BROWSERS.join(', '), run });
