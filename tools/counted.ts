/** A count with what is counted, such as `1 key` or `2 keys`. */
export const counted = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`;
