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

/** The Terraform module. It expects the rest of the release next to its folder. */
const TERRAFORM = fileURLToPath(new URL('terraform', import.meta.url));

/** The parts of a release. */
export interface Assets {
  readonly version: string;
  readonly templates: Readonly<Record<ReleaseShapeName, ReleaseTemplate>>;
  readonly code: Readonly<Record<Entry, Archive>>;
}

/** The version in package.json. */
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

/** The text of a template's file. It is indented because tools compare templates line by line. */
export const templateText = (template: ReleaseTemplate): string => `${JSON.stringify(template, null, 1)}\n`;

/** Writes a release into a folder, replacing its contents. The same source gives the same bytes. */
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
  // If someone ran Terraform in the module's folder, its providers and lock file are there too.
  const filter = (path: string) => path === TERRAFORM || path.endsWith('.tf');
  cpSync(TERRAFORM, join(outdir, 'terraform'), { recursive: true, filter });
  cpSync(join(ROOT, 'LICENSE'), join(outdir, 'LICENSE'));
  // Licences must accompany the code, and people may pass the archive on without the release's other files.
  const packages = shippedPackages(ROOT, contentsOfBundles());
  writeFileSync(join(outdir, 'THIRD-PARTY-NOTICES'), `${thirdPartyNotices(packages)}\n`);
  writeFileSync(join(outdir, 'VERSION'), `${version}\n`);
  writeFileSync(join(outdir, SUMS), sumsOf(outdir));
}
