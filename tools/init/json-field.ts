/** A command that takes the value of one member, a text without quotes in it, out of JSON on standard input. */
export const jsonField = (name: string): string => `sed -n 's/.*"${name}" *: *"\\([^"]*\\)".*/\\1/p'`;
