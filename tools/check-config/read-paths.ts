import { ArgumentError } from '../arguments.ts';

/** The path patterns in the value of --paths. */
export function readPaths(list: string): string[] {
  const paths = list.split(',').map((path) => path.trim());
  const wrong = paths.some((path) => !/^[/*][\x21-\x7e]*$/.test(path));
  if (wrong) throw new ArgumentError('--paths takes patterns such as /api/*, separated by commas.');
  return paths;
}
