import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';
import { ArgumentError, parseArguments, runCommand } from '../../tools/arguments.ts';
import { userPath } from '../../tools/user-path.ts';
import { CHECKS } from './checks.ts';
import { GUIDE_CHECKS } from './guide-checks.ts';
import { PLAYGROUND_CHECKS } from './playground-checks.ts';
import { startPlaygroundScene } from './playground-scene.ts';
import { takeScreenshots } from './playground-screenshots.ts';
import { startScene } from './scene.ts';

const HELP = `Usage: npm run test:browser [-- --browser FILE] [--only cors|playground] [--screenshots DIRECTORY]

Checks in a real browser that pages of other origins can read and send exactly what the policy allows, and that the playground
works. Passes without checks if neither Chromium nor Chrome is installed.

  --browser FILE           the browser to use (default: the first one below that is installed)
  --only PART              checks only one of the two parts
  --screenshots DIRECTORY  checks nothing, and writes the docs' pictures of the playground
  --help                   prints this text

Looked for: `;

/** Where Debian, Ubuntu, Google and macOS put it. */
const BROWSERS = [
  '/usr/bin/chromium',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

const PARTS = { cors: checkCors, playground: checkPlayground };

async function run(args: readonly string[]): Promise<number> {
  const { values } = parseArguments(args, {
    browser: { type: 'string' },
    only: { type: 'string' },
    screenshots: { type: 'string' },
  });
  const named = values.browser && userPath(values.browser);
  if (named !== undefined && !existsSync(named)) {
    throw new ArgumentError(`--browser takes the path of a browser, but ${named} does not exist.`);
  }
  if (values.only !== undefined && !Object.hasOwn(PARTS, values.only)) {
    throw new ArgumentError(`--only takes ${Object.keys(PARTS).join(' or ')}.`);
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
  try {
    if (values.screenshots !== undefined) {
      await takeScreenshots(browser, userPath(values.screenshots));
      return 0;
    }
    let passed = true;
    for (const [name, check] of Object.entries(PARTS)) {
      if (values.only === undefined || values.only === name) passed = (await check(browser)) && passed;
    }
    return passed ? 0 : 1;
  } finally {
    await browser.close();
  }
}

async function checkCors(browser: Browser): Promise<boolean> {
  const scene = await startScene(browser);
  let passed = true;
  try {
    console.log(`Chromium ${browser.version()} calls ${scene.api}`);
    for (const { policy, checks } of [...CHECKS, ...GUIDE_CHECKS]) {
      await scene.put(policy);
      for (const [name, check] of Object.entries(checks)) passed = (await tell(name, check(scene))) && passed;
    }
  } finally {
    await scene.close();
  }
  return passed;
}

async function checkPlayground(browser: Browser): Promise<boolean> {
  const scene = await startPlaygroundScene(browser);
  let passed = true;
  try {
    console.log(`Chromium ${browser.version()} opens ${scene.stack.urls.playground}`);
    for (const [name, check] of Object.entries(PLAYGROUND_CHECKS)) {
      const quiet = async () => {
        scene.complaints();
        await check(scene);
        const complaints = scene.complaints();
        if (complaints.length > 0) throw new Error(`The browser reports: ${complaints.join('\n')}`);
      };
      passed = (await tell(name, quiet())) && passed;
    }
  } finally {
    await scene.close();
  }
  return passed;
}

/** Prints the result of a check, and returns whether it passed. */
async function tell(name: string, checking: Promise<void>): Promise<boolean> {
  const problem = await checking.then(
    () => undefined,
    (error: unknown) => ({ error }),
  );
  console.log(`${problem === undefined ? 'ok      ' : 'FAILED  '} ${name}`);
  if (problem !== undefined) console.log(problem.error);
  return problem === undefined;
}

await runCommand({ help: HELP + BROWSERS.join(', '), run });
