/** A call of the playground's API that cannot be done. The message is for the page. */
export class RefusedCall extends Error {
  override readonly name = 'RefusedCall';
}
