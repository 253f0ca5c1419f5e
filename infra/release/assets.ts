import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Entry } from '../bundle/entries.ts';
import { thirdPartyNotices } from '../package/notices.ts';
import { shippedPackages } from '../package/shipped-packages.ts';
import { type Archive, archives, contentsOfBundles } from './archive.ts';
import { SUMS, sumsOf } from './folder.ts';
import { RELEASE_SHAPE_NAMES, type ReleaseShapeName } from './release-shapes.ts';
import { synthesized } from './synthesized.ts';
import { releaseTemplate, type ReleaseTemplate } from './template.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** The module for Terraform, which finds the rest of the release beside itself. */
const TERRAFORM = fileURLToPath(new URL('terraform', import.meta.url));

/** What a release is made of. */
export interface Assets {
  readonly version: string;
  readonly templates: Readonly<Record<ReleaseShapeName, ReleaseTemplate>>;
  readonly code: Readonly<Record<Entry, Archive>>;
}

/** The version that package.json has. */
export function ownVersion(): string {
  return JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')).version;
}

/** The templates of some shapes, and the zips that they refer to. */
export function assetsOf(
  version: string,
  names: readonly ReleaseShapeName[] = RELEASE_SHAPE_NAMES,
  code = archives(),
): Assets {
  const templates = names.map((name) => [name, releaseTemplate(name, { version, code }, synthesized)]);
  return { version, code, templates: Object.fromEntries(templates) };
}

/** A template as a file has it. Few people read one, but their tools compare it line by line. */
export const templateText = (template: ReleaseTemplate): string => `${JSON.stringify(template, null, 1)}\n`;

/** Writes a release into a folder, in place of what is there. The same source gives the same bytes. */
export function writeAssets({ version, templates, code }: Assets, outdir: string): void {
  rmSync(outdir, { recursive: true, force: true });
  for (const folder of ['templates', 'functions']) mkdirSync(join(outdir, folder), { recursive: true });
  for (const [name, template] of Object.entries(templates)) {
    writeFileSync(join(outdir, 'templates', `${name}.template.json`), templateText(template));
  }
  const texts = Object.values(templates).map(templateText);
  for (const { name, bytes } of Object.values(code)) {
    if (texts.some((text) => text.includes(name))) writeFileSync(join(outdir, 'functions', name), bytes);
  }
  // Terraform keeps its providers and its lock beside a module that it was started in.
  const filter = (path: string) => path === TERRAFORM || path.endsWith('.tf');
  cpSync(TERRAFORM, join(outdir, 'terraform'), { recursive: true, filter });
  cpSync(join(ROOT, 'LICENSE'), join(outdir, 'LICENSE'));
  // The licences want to go where the code goes, and the archive may go on without what lies beside it in the release.
  const packages = shippedPackages(ROOT, contentsOfBundles());
  writeFileSync(join(outdir, 'THIRD-PARTY-NOTICES'), `${thirdPartyNotices(packages)}\n`);
  writeFileSync(join(outdir, 'VERSION'), `${version}\n`);
  writeFileSync(join(outdir, SUMS), sumsOf(outdir));
}
