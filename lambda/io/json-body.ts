/** The JSON value in a body; undefined if it is not JSON. The error of JSON.parse would quote the body. */
export function jsonBody(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return undefined;
  }
}
