import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Metafile } from 'esbuild';

/** The packages that have left code in outputs, each with its version and the text of its licence. */
export function thirdPartyNotices(root: string, metafiles: readonly Metafile[]): string {
  const folders = metafiles.flatMap(({ outputs }) =>
    Object.values(outputs).flatMap(({ inputs }) =>
      Object.entries(inputs).flatMap(([path, { bytesInOutput }]) =>
        bytesInOutput > 0 ? (/^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.[0] ?? []) : [],
      ),
    ),
  );
  const byText = new Map<string, string[]>();
  for (const folder of [...new Set(folders)].sort()) {
    const { title, text } = noticeOf(join(root, folder));
    byText.set(text, [...(byText.get(text) ?? []), title]);
  }
  return [
    'The functions and the judge of policies contain code of the packages that are listed here, each under the licence that follows it.',
    ...[...byText].map(([text, titles]) => [...new Set(titles), '', text].join('\n')),
  ].join(`\n\n${'-'.repeat(80)}\n\n`);
}

function noticeOf(folder: string): { readonly title: string; readonly text: string } {
  const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const files = readdirSync(folder).filter((file) => /^(?:licen[cs]e|notice)(?:\.|$)/i.test(file));
  const texts = files.sort().map((file) => readFileSync(join(folder, file), 'utf8').trim());
  if (texts.length === 0 && license !== 'Apache-2.0') {
    throw new Error(`${name} has no text of its licence (${license}), without which it cannot be passed on.`);
  }
  // The SDK's parts are under one licence, whose text is in most of them, and in this package.
  const text = texts.length === 0 ? 'The text of this licence is in LICENSE.' : texts.join('\n\n');
  return { title: `${name} ${version} (${license})`, text };
}
