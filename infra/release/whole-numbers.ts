/**
 * A pattern for the whole numbers from `min` to `max`, both included. CloudFormation's parameter type Number also accepts 10.5 and 1e3,
 * and a resource would reject those only after others have been created.
 */
export function wholeNumberPattern(min: number, max: number): string {
  const blocks: string[] = [];
  for (let next = min; next <= max; ) {
    let size = 1;
    while (next > 0 && next % (size * 10) === 0 && next + size * 10 - 1 <= max) size *= 10;
    const digit = Math.floor(next / size) % 10;
    const last = Math.min(9, digit + Math.floor((max - next + 1) / size) - 1);
    const head = next >= size * 10 ? String(Math.floor(next / (size * 10))) : '';
    const tail = '\\d'.repeat(Math.log10(size));
    blocks.push(`${head}${last === digit ? digit : `[${digit}-${last}]`}${tail}`);
    next += (last - digit + 1) * size;
  }
  return `^(${blocks.join('|')})$`;
}
