/** The members of a request's body. */
export type Input = Readonly<Record<string, unknown>>;

/** An AWS error. All of those that are answered here are the client's fault: status 400. */
export interface AwsJsonError {
  readonly type: string;
  readonly message: string;
}

export type AwsJsonResult =
  | { readonly ok: true; readonly output: object }
  | { readonly ok: false; readonly error: AwsJsonError };

/** An API of AWS that speaks JSON 1.1. */
export interface AwsJsonService {
  /** What `X-Amz-Target` begins with, before the dot and the operation. */
  readonly target: string;
  /** Runs an operation; undefined for no answer, ever. */
  readonly execute: (operation: string, input: Input) => AwsJsonResult | undefined;
}
