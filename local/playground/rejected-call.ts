/** The playground's API cannot do what a call requests. The page shows the message. */
export class RejectedCall extends Error {
  override readonly name = 'RejectedCall';
}
