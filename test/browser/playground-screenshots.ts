import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { indexed } from './indexed-png.ts';
import { startPlaygroundScene } from './playground-scene.ts';

const WINDOW = { viewport: { width: 1440, height: 900 } };

/** Writes the docs' pictures of the playground. */
export async function takeScreenshots(browser: Browser, directory: string): Promise<void> {
  mkdirSync(directory, { recursive: true });
  const scene = await startPlaygroundScene(browser);
  const take = async (name: string) => {
    await scene.page.mouse.move(0, 0);
    const picture = indexed(await scene.page.screenshot());
    writeFileSync(join(directory, name), picture);
    console.log(`${join(directory, name)}: ${Math.round(picture.length / 1024)} KB`);
  };
  try {
    await scene.reopen({ colorScheme: 'light', ...WINDOW });
    await scene.page.getByLabel('Start from an example').selectOption({ index: 1 });
    await scene.put();
    await scene.inForce('policy');
    await scene.page.getByLabel('Path and query').fill('/api/orders/1');
    await scene.breakIt('Tampered token');
    await take('playground.png');
    await scene.putBack();

    await scene.reopen({ colorScheme: 'dark', ...WINDOW });
    await scene.page.getByLabel('Path and query').fill('/api/admin/users');
    await scene.breakIt('Another spelling of the path');
    await take('playground-paths.png');
  } finally {
    await scene.close();
  }
}
