import { createHash } from 'node:crypto';

/** The part of a construct's id that follows from what the construct is for, and not from its place in a list. */
export function contentId(content: string): string {
  return createHash('sha256').update(content).digest('hex').slice(0, 8);
}
