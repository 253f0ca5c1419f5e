/** The JSON value in a body; undefined where it is none. JSON.parse would quote the body in its error. */
export function jsonBody(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return undefined;
  }
}
