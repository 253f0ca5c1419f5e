/** A name that a policy may have chosen freely, so that none reads as words of a sentence. */
export const nameText = (name: string): string =>
  /^[\x21\x23-\x7e]+$/.test(name) ? name : JSON.stringify(name);
