import { createHash } from 'node:crypto';

/** A part for a construct's id that depends on what the construct is for, not on its place in a list. */
export function contentId(content: string): string {
  return createHash('sha256').update(content).digest('hex').slice(0, 8);
}
