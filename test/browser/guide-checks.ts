import { deepEqual, match } from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ConsoleMessage, Page } from 'playwright-core';
import { startLoopbackServer } from '../../local/loopback-server.ts';
import { blocksOf } from '../support/guide.ts';
import { eventually } from '../support/local-stack-fixtures.ts';
import { ROOT } from '../tools/run-tool.ts';
import type { PolicyChecks } from './checks.ts';
import { COOKIE, type PolicyParts, type Scene } from './scene.ts';

const PAGE = readFileSync(join(ROOT, 'docs/guides/browsers.md'), 'utf8');
const filesNamed = (wanted: string) =>
  blocksOf(PAGE).flatMap(({ name, text }) => (name === wanted ? [text] : []));

/** What the guide says that the console may say. */
const MESSAGES = [...(PAGE.split('| the console says |')[1] ?? '').matchAll(/^\| `([^`]+)` \|/gm)].map(
  ([, message = '']) => message,
);

/** Everything that the browser has said in the checks below. */
const said: string[] = [];

/** Pastes code into the console of a page, and returns what the console then says. */
async function paste(page: Page, code: string): Promise<string> {
  const lines: string[] = [];
  const listen = (message: ConsoleMessage) => lines.push(message.text());
  page.on('console', listen);
  await page.evaluate(`(async () => { ${code} })().catch((error) => console.error(String(error)))`);
  await eventually(
    async () => lines,
    ({ length }) => length > 0,
  );
  page.off('console', listen);
  said.push(...lines);
  return lines.join('\n');
}

/** A script of the guide, with the scene's names. */
const script = (name: string, { api, token }: Scene): string =>
  (filesNamed(name)[0] ?? '')
    .replace('https://api.example.com', api)
    .replace('Bearer TOKEN', `Bearer ${token}`);

/** A policy of the guide: the first, or the second with a cookie that plain http may set. */
function policyOf(index: 0 | 1, { listed, provider }: PolicyParts): object {
  const text = (filesNamed('policy.json')[index] ?? '')
    .replace('https://app.example.com', listed)
    .replace('https://login.example.com', provider.issuer)
    .replace('__Host-session', COOKIE)
    .replaceAll('orders:', '');
  return JSON.parse(text) as object;
}

/** A page with this may call no other origin. */
const STRICT_PAGE =
  '<meta http-equiv="Content-Security-Policy" content="connect-src https://api.example.net">';

/** What a proxy in front does wrong, by path. */
const startProxy = () =>
  startLoopbackServer({ name: 'proxy', port: 0 }, () => (request, response) => {
    const { origin = '' } = request.headers;
    const [status, fields] = {
      '/redirect': [302, { Location: '/elsewhere' }] as const,
      '/multiple': [200, { 'Access-Control-Allow-Origin': `${origin}, ${origin}` }] as const,
      '/methods': [
        204,
        {
          'Access-Control-Allow-Origin': origin,
          'Access-Control-Allow-Methods': 'GET',
          'Access-Control-Allow-Headers': 'x-own',
        },
      ] as const,
      '/headers': [
        204,
        { 'Access-Control-Allow-Origin': origin, 'Access-Control-Allow-Methods': 'PUT' },
      ] as const,
    }[request.url ?? ''] ?? [404, {}];
    response.writeHead(status, fields).end();
  });

/** The checks of docs/guides/browsers.md, for each policy. */
export const GUIDE_CHECKS: readonly PolicyChecks[] = [
  {
    policy: (parts) => policyOf(0, parts),
    checks: {
      "the guide's call with a token works on the listed page only": async (scene) => {
        match(await paste(scene.listed, script('call.mjs', scene)), /^200 1-\S+ \{/);
        match(await paste(scene.foreign, script('call.mjs', scene)), /blocked by CORS policy/);
      },
      'the browser complains of what a page or a proxy does wrong': async (scene) => {
        await paste(scene.foreign, `await fetch('${scene.api}/api/orders/1')`);
        await paste(scene.listed, script('call-with-cookie.mjs', scene));
        const proxy = await startProxy();
        try {
          for (const path of ['redirect', 'methods', 'headers']) {
            await paste(
              scene.listed,
              `await fetch('${proxy.origin}/${path}', { method: 'PUT', headers: { 'X-Own': '1' } })`,
            );
          }
          await paste(scene.listed, `await fetch('${proxy.origin}/multiple')`);
        } finally {
          await proxy.close();
        }
      },
    },
  },
  {
    policy: (parts) => policyOf(1, parts),
    checks: {
      "the guide's call with a cookie works on the listed page only": async (scene) => {
        match(await paste(scene.listed, script('call-with-cookie.mjs', scene)), /^200 1-\S+ \{/);
        match(await paste(scene.foreign, script('call-with-cookie.mjs', scene)), /blocked by CORS policy/);
      },
    },
  },
  {
    policy: () => ({ cors: { origins: ['*'] } }),
    checks: {
      'the browser words its complaints as the guide does': async (scene) => {
        await paste(scene.listed, script('call-with-cookie.mjs', scene));
        await scene.listed.evaluate(`document.head.insertAdjacentHTML('beforeend', '${STRICT_PAGE}')`);
        await paste(scene.listed, script('call.mjs', scene));
        await scene.listed.reload();
        deepEqual(
          [MESSAGES.length, MESSAGES.filter((message) => !said.join('\n').includes(message))],
          [9, []],
        );
      },
    },
  },
];
