import { existsSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { type Browser, chromium } from 'playwright-core';
import { CHECKS } from './checks.ts';
import { PLAYGROUND_CHECKS } from './playground-checks.ts';
import { startPlaygroundScene } from './playground-scene.ts';
import { takeScreenshots } from './playground-screenshots.ts';
import { startScene } from './scene.ts';

const HELP = `Usage: npm run test:browser [-- --browser FILE] [--only cors|playground] [--screenshots DIRECTORY]

Tries in a real browser what only a browser can tell: pages of other origins call the laptop stack, and read, send and are kept
from what they should; and the playground shows what it should. Without Chromium or Chrome it says so and passes.

  --browser FILE           the browser to use (default: the first that is there of those below)
  --only PART              one of the two parts
  --screenshots DIRECTORY  checks nothing, and writes the pictures of the playground that the docs have
  --help                   print this text

Looked for: `;

/** Where Debian, Ubuntu, Google and macOS put it. */
const BROWSERS = [
  '/usr/bin/chromium',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

const PARTS = { cors: checkCors, playground: checkPlayground };

async function main(args: readonly string[]): Promise<number> {
  const help = HELP + BROWSERS.join(', ');
  let options: ReturnType<typeof parse>;
  try {
    options = parse(args);
  } catch (error) {
    console.error(`${help}\n\n${error instanceof Error ? error.message : error}`);
    return 2;
  }
  if (options.help) {
    console.log(help);
    return 0;
  }
  const executablePath = options.browser ?? BROWSERS.find((file) => existsSync(file));
  if (executablePath === undefined) {
    console.log(
      `skipped  all checks: no browser at ${BROWSERS.join(', ')}; install one (apt-get install chromium) or name it with --browser`,
    );
    return 0;
  }

  // Chromium's sandbox does not work for root, and only our own pages are loaded.
  const browser = await chromium.launch({ executablePath, chromiumSandbox: false });
  try {
    if (options.screenshots !== undefined) {
      await takeScreenshots(browser, options.screenshots);
      return 0;
    }
    let passed = true;
    for (const [name, check] of Object.entries(PARTS)) {
      if (options.only === undefined || options.only === name) passed = (await check(browser)) && passed;
    }
    return passed ? 0 : 1;
  } finally {
    await browser.close();
  }
}

function parse(args: readonly string[]) {
  const { values } = parseArgs({
    args: [...args],
    options: {
      browser: { type: 'string' },
      only: { type: 'string' },
      screenshots: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  const { browser, only } = values;
  if (browser !== undefined && !existsSync(browser))
    throw new Error(`--browser: there is no file ${browser}`);
  if (only !== undefined && !Object.hasOwn(PARTS, only)) {
    throw new Error(`--only takes ${Object.keys(PARTS).join(' or ')}`);
  }
  return values;
}

async function checkCors(browser: Browser): Promise<boolean> {
  const scene = await startScene(browser);
  let passed = true;
  try {
    console.log(`Chromium ${browser.version()} calls ${scene.api}`);
    for (const { policy, checks } of CHECKS) {
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
        if (complaints.length > 0) throw new Error(`The browser complains: ${complaints.join('\n')}`);
      };
      passed = (await tell(name, quiet())) && passed;
    }
  } finally {
    await scene.close();
  }
  return passed;
}

/** Prints how a check came out, and answers whether it passed. */
async function tell(name: string, checking: Promise<void>): Promise<boolean> {
  const problem = await checking.then(
    () => undefined,
    (error: unknown) => ({ error }),
  );
  console.log(`${problem === undefined ? 'ok      ' : 'FAILED  '} ${name}`);
  if (problem !== undefined) console.log(problem.error);
  return problem === undefined;
}

process.exitCode = await main(process.argv.slice(2));
