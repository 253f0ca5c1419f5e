/** The composition roots under lambda/, each the entry of one bundle. */
export const ENTRIES = [
  'alb-handler',
  'authorizer-handler',
  'cloudfront-group-handler',
  'configuration-handler',
] as const;

export type Entry = (typeof ENTRIES)[number];

/** The `Handler` property of a function with that bundle. */
export function handlerOf(entry: Entry): string {
  return `${entry}.handler`;
}

export const isEntry = (name: string): name is Entry => (ENTRIES as readonly string[]).includes(name);
