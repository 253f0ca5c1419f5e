import { deepEqual, equal, match, ok } from 'node:assert/strict';
import type { PlaygroundCheck } from './playground-scene.ts';

const POLICY = {
  unmatched: 'deny',
  routes: [
    { path: '/api/public/*', onUnauthenticatedRequest: 'allow' },
    { path: '/api/admin/*', scopes: ['admin'] },
    { path: '/api/*', scopes: ['read'] },
  ],
};

/** From a token to a policy that is in force. */
export const TOUR: Readonly<Record<string, PlaygroundCheck>> = {
  'the page opens with a token and shows it decoded': async ({ page, stack }) => {
    match(await page.locator('#token').inputValue(), /^eyJ/);
    const decoded = await page.locator('#decoded').innerText();
    match(decoded, /"RS256"/);
    ok(decoded.includes(JSON.stringify(stack.urls.authorizationServer)));
  },
  'a request shows the decision stage by stage, the log line and what the upstream received': async (
    scene,
  ) => {
    await scene.send();
    equal(await scene.verdict(), '200 allowed');
    match(await scene.stage('signature').innerText(), /the key made it/);
    match(await scene.page.locator('#log-line').textContent().then(String), /"code": "allowed"/);
    const upstream = scene.page.getByText(/^Upstream received/).locator('..');
    match(await upstream.innerText(), /x-jwt-subject\s+demo-client added/);
  },
  'a token for other scopes is issued as requested': async ({ page }) => {
    await page.getByLabel('Scopes').fill('read');
    await page.getByRole('button', { name: 'Get a token' }).click();
    await page.locator('#decoded').getByText('"read"', { exact: true }).waitFor();
  },
  'a problem shows at its place while the policy is being edited': async (scene) => {
    await scene.edit('{\n  "routes": [{ "path": "/api/*", "scope": ["read"] }]\n}');
    const problem = scene.page.locator('#problems .bad').first();
    await problem.waitFor();
    match(await problem.innerText(), /^policy 2:\d+: routes\.0/);
    await scene.page.locator('.cm-lint-marker-error').waitFor();
  },
  'the schema completes names and values': async ({ page, edit }) => {
    await edit('{ "routes": [{  }] }');
    for (let i = 0; i < 5; i++) await page.keyboard.press('ArrowLeft');
    await page.keyboard.type('"onU');
    const option = page.getByRole('option', { name: /onUnauthenticatedRequest/ });
    await option.click();
    await page.keyboard.press('Control+Space');
    const values = page.getByRole('option', { name: '"allow"' });
    await values.waitFor();
    await values.click();
    match(await page.locator('.cm-content').innerText(), /"onUnauthenticatedRequest": "allow"/);
  },
  'pointing at a name shows its description': async ({ page, edit }) => {
    await edit('{ "unmatched": "deny" }');
    await page.locator('.cm-line span', { hasText: '"unmatched"' }).hover();
    await page.getByText('What happens to a request that no route matches').waitFor();
  },
  'a new policy comes into force and decides the next request': async (scene) => {
    const { page, stack } = scene;
    await scene.edit(JSON.stringify(POLICY, null, 2));
    await scene.put();
    await scene.inForce('policy');
    match(await page.locator('#put-state').innerText(), /^Version \d+ in force after/);
    const { Parameter } = stack.ssm.execute('GetParameter', { Name: stack.parameterName('policy') }) as {
      Parameter: { Value: string };
    };
    deepEqual(JSON.parse(Parameter.Value), POLICY);
    await page.getByLabel('Path and query').fill('/api/admin/users');
    await scene.send();
    equal(await scene.verdict(), '403 scope_missing');
    match(await page.locator('.challenge').innerText(), /error="insufficient_scope"/);
    equal(await page.locator('#upstream').innerText(), 'The upstream received nothing.');
  },
  'a value that another client puts shows up': async ({ page, putElsewhere, choose }) => {
    await choose('audience');
    await putElsewhere('audience', 'api.example.com,second.example.com');
    await page.waitForFunction(() => {
      const { document } = globalThis as unknown as {
        document: { querySelector(q: string): { value: string } };
      };
      return document.querySelector('#plain').value.includes('second');
    });
    await putElsewhere('audience', 'api.example.com');
    await choose('policy');
  },
  'an invalid policy never comes into force, and the page says why': async (scene) => {
    const { page } = scene;
    await scene.edit('{ "routes": 5 }');
    await scene.put();
    await page
      .locator('#changes li')
      .first()
      .getByText(/not in force yet/)
      .waitFor();
    await page.locator('#problems .bad').first().waitFor();
    await scene.send();
    equal(await scene.verdict(), '403 scope_missing');
    await scene.edit('{}');
    await scene.put();
    await scene.inForce('policy');
  },
  'the load balancer responds to a path that no listener rule matches': async (scene) => {
    await scene.page.getByLabel('Path and query').fill('/elsewhere');
    await scene.send();
    match(await scene.verdict(), /^404 returned by the load balancer/);
    await scene.page.getByLabel('Path and query').fill('/api/anything');
  },
};
