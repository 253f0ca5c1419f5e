import axe from 'axe-core';
import type { Page } from 'playwright-core';

/** Axe's findings of any impact: the rule, and the first place. */
export async function findings(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  const found = (await page.evaluate('axe.run()')) as axe.AxeResults;
  return found.violations.map(({ id, impact, nodes }) => `${impact}: ${id} at ${nodes[0]?.target}`);
}
