/** A name that the policy's author chose, quoted if it could read as words of the sentence. */
export const nameText = (name: string): string =>
  /^[\x21\x23-\x7e]+$/.test(name) ? name : JSON.stringify(name);
