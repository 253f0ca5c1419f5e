export const WORKFLOWS = '.github/workflows';

/** The text of each job of a workflow, which begins with its name. */
export const jobsOf = (text: string): readonly string[] =>
  (text.split(/^jobs:\n/m)[1] ?? '').split(/^ {2}(?=[\w-]+:$)/m).filter((job) => job.trim() !== '');

/** What is called by `uses`, with the comment beside it. */
export const usesOf = (text: string): readonly string[] =>
  [...text.matchAll(/\buses: (.+)/g)].map(([, use = '']) => use);
