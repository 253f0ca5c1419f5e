import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { startPlaygroundScene } from './playground-scene.ts';

/** Writes the pictures of the playground that the docs have. */
export async function takeScreenshots(browser: Browser, directory: string): Promise<void> {
  mkdirSync(directory, { recursive: true });
  const scene = await startPlaygroundScene(browser);
  try {
    await scene.reopen({ colorScheme: 'light', viewport: { width: 1440, height: 900 } });
    await scene.page.getByLabel('Start from an example').selectOption({ index: 1 });
    await scene.put();
    await scene.inForce('policy');
    await scene.page.getByLabel('Path and query').fill('/api/orders/1');
    await scene.breakIt('Tampered token');
    await scene.page.screenshot({ path: join(directory, 'playground.png') });
    await scene.putBack();

    await scene.reopen({ colorScheme: 'dark', viewport: { width: 1440, height: 900 } });
    await scene.page.getByLabel('Path and query').fill('/api/admin/users');
    await scene.breakIt('Another spelling of the path');
    await scene.page.screenshot({ path: join(directory, 'playground-paths.png') });
  } finally {
    await scene.close();
  }
}
