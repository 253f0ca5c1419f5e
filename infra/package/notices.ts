import type { ShippedPackage } from './shipped-packages.ts';

/** The third-party packages, each with its version and the text of its licence. */
export function thirdPartyNotices(packages: readonly ShippedPackage[]): string {
  const byText = new Map<string, string[]>();
  for (const { name, version, license, texts } of packages) {
    const text = texts.join('\n\n');
    byText.set(text, [...(byText.get(text) ?? []), `${name} ${version} (${license})`]);
  }
  return [
    'The files of this release contain code of the packages that are listed here, each under the licence that follows it.',
    ...[...byText].map(([text, titles]) => [...new Set(titles), '', text].join('\n')),
  ].join(`\n\n${'-'.repeat(80)}\n\n`);
}
