/** Prints errors alone, and calls the address as it is: curl takes brackets and braces in one for a list of addresses. */
export const CURL = 'curl -sSg';

/**
 * A command that takes the value of one member, a text without quotes in it, out of JSON on standard input. Where there is
 * none, it shows on standard error what an authorization server says of the error (RFC 6749 §5.2).
 */
export const jsonField = (name: string): string =>
  `sed -n -e 's/.*"${name}" *: *"\\([^"]*\\)".*/\\1/p' -e t -e '/"error[a-z_]*" *:/w /dev/stderr'`;
