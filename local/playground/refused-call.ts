/** The playground's API cannot do what a call asks. The page shows the message. */
export class RefusedCall extends Error {
  override readonly name = 'RefusedCall';
}
