import type { Browser, BrowserContextOptions, Locator, Page } from 'playwright-core';
import { startLoopbackServer } from '../../local/loopback-server.ts';
import { startTestStack, type TestStack } from '../support/local-stack.ts';

/** The laptop stack and its playground in a browser. */
export interface PlaygroundScene {
  readonly stack: TestStack;
  readonly page: Page;
  /** The status and the code that are shown. */
  readonly verdict: () => Promise<string>;
  /** Sends what is in the form and waits for the decision. */
  readonly send: () => Promise<void>;
  /** Does something that makes the page show another decision, and waits for that. */
  readonly decided: (work: () => Promise<unknown>) => Promise<void>;
  readonly breakIt: (name: string) => Promise<void>;
  readonly putBack: () => Promise<void>;
  /** The stage of that name. */
  readonly stage: (name: string) => Locator;
  /** Chooses a parameter's tab. */
  readonly choose: (name: string) => Promise<void>;
  /** Replaces the text in the editor. */
  readonly edit: (text: string) => Promise<void>;
  /** Puts a value as another client would, and waits until it is in force. */
  readonly putElsewhere: (name: string, value: string) => Promise<void>;
  /** Puts what is in the form for a parameter. */
  readonly put: () => Promise<void>;
  /** Waits until the newest version of a parameter is in force. */
  readonly inForce: (name: string) => Promise<void>;
  /** Opens the page again, or the page of another stack, in a new window. */
  readonly reopen: (options?: BrowserContextOptions & { readonly url?: string }) => Promise<void>;
  /** What the browser has reported since the last call: errors, and what the page's CSP has blocked. */
  readonly complaints: () => readonly string[];
  /** An upstream whose response can be set. */
  readonly upstream: { readonly origin: string; response: { headers: Record<string, string>; body: string } };
  close(): Promise<void>;
}

const WINDOW = { viewport: { width: 1440, height: 900 } };

export type PlaygroundCheck = (scene: PlaygroundScene) => Promise<void>;

export async function startPlaygroundScene(browser: Browser): Promise<PlaygroundScene> {
  const stack = await startTestStack();
  const upstream = { response: { headers: {}, body: '' } };
  const server = await startLoopbackServer(
    { name: 'hostile upstream', port: 0, anyHost: true },
    () => (_, response) => {
      response.writeHead(200, upstream.response.headers).end(upstream.response.body);
    },
  );
  const complaints: string[] = [];
  let context = await browser.newContext(WINDOW);
  let page = await context.newPage();
  const open = async (url: string = stack.urls.playground) => {
    page.setDefaultTimeout(20_000);
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('console', (message) => {
      // Chromium also reports responses with an error status, such as the server's rejections.
      const isStatus = message.text().startsWith('Failed to load resource');
      if (message.type() === 'error' && !isStatus) complaints.push(message.text());
    });
    await page.goto(url);
    await page.locator('.cm-content').waitFor();
    await page.locator('#decoded > *').first().waitFor();
  };
  await open();

  const decided = async (work: () => Promise<unknown>) => {
    await page
      .locator('#verdict')
      .evaluate((element: { replaceChildren(): void }) => element.replaceChildren());
    await work();
    await page.locator('#verdict > .verdict').waitFor();
  };
  const inForce = async (name: string) => {
    const { Parameter } = stack.ssm.execute('GetParameter', { Name: stack.parameterName(name) }) as {
      Parameter: { Version: number };
    };
    await page
      .locator('#changes li', { hasText: name })
      .filter({ hasText: `version ${Parameter.Version}` })
      .getByText(/^in force after/)
      .waitFor();
  };
  return {
    stack,
    inForce,
    async put() {
      const put = page.waitForResponse(/\/api\/parameter$/);
      await page.getByRole('button', { name: 'Put parameter' }).click();
      await put;
    },
    async putElsewhere(name, value) {
      stack.setParameter(name, value);
      await inForce(name);
    },
    get page() {
      return page;
    },
    verdict: async () =>
      `${await page.locator('.verdict .status').innerText()} ${await page.locator('.verdict .code').innerText()}`,
    decided,
    send: () => decided(() => page.getByRole('button', { name: 'Send', exact: true }).click()),
    breakIt: (name) => decided(() => page.getByRole('button', { name, exact: true }).click()),
    putBack: () => decided(() => page.locator('#put-back').click()),
    stage: (name) =>
      page.locator('.stage').filter({ has: page.locator(`.name:text-is(${JSON.stringify(name)})`) }),
    choose: (name) => page.getByRole('tab', { name }).click(),
    async edit(text) {
      await page.locator('.cm-content').focus();
      // Deletes first: Chromium would give typed text the style of the text it replaces, inline, which the page's CSP forbids.
      await page.keyboard.press('ControlOrMeta+a');
      await page.keyboard.press('Delete');
      await page.keyboard.insertText(text);
    },
    async reopen({ url, ...options } = {}) {
      await context.close();
      context = await browser.newContext({ ...WINDOW, ...options });
      page = await context.newPage();
      await open(url);
    },
    complaints: () => complaints.splice(0),
    upstream: {
      origin: server.origin,
      get response() {
        return upstream.response;
      },
      set response(response) {
        upstream.response = response;
      },
    },
    async close() {
      await context.close();
      await server.close();
      await stack.close();
    },
  };
}
