import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** A link, or an image that may be one: its text, and where it leads. */
const LINK = /(!?)\[((?:!\[[^\]]*\]\([^)\s]*\)|[^\][])*)\]\(([^)\s]+)\)/g;

/** A document as the package has it: what leads to a file that is not in the package is text alone, and images are left out. */
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
