import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** A link or an image: its text, and its target. */
const LINK = /(!?)\[((?:!\[[^\]]*\]\([^)\s]*\)|[^\][])*)\]\(([^)\s]+)\)/g;

/**
 * A document for the package: a link to a file that is not in the package becomes plain text, and an image that is not
 * in it is removed.
 */
export function withoutDeadLinks(file: string): string {
  const leads = (target: string) =>
    /^(?:[a-z]+:|#)/.test(target) || existsSync(join(dirname(file), target.replace(/#.*/, '')));
  const alive = (text: string): string =>
    text.replace(LINK, (link: string, image: string, label: string, target: string) => {
      if (image !== '') return leads(target) ? link : '';
      const inner = alive(label);
      if (inner === '') return '';
      return leads(target) ? `[${inner}](${target})` : inner;
    });
  return alive(readFileSync(file, 'utf8')).replace(/\n{3,}/g, '\n\n');
}
