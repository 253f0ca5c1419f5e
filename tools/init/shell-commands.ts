/** Prints only errors, and calls the address as it is: otherwise curl expands brackets and braces to a list of addresses. */
export const CURL = 'curl -sSg';

/**
 * A command that extracts the value of one member, a text without quotes in it, from JSON on standard input. If there is
 * none, it shows the authorization server's error on standard error (RFC 6749 §5.2).
 */
export const jsonField = (name: string): string =>
  `sed -n -e 's/.*"${name}" *: *"\\([^"]*\\)".*/\\1/p' -e t -e '/"error[a-z_]*" *:/w /dev/stderr'`;
