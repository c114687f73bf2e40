/** A request that cannot be served: answered with its status and, as `ErrorInfo`, its message. */
export class Refusal extends Error {
  override readonly name = "Refusal";
  /** The HTTP status. */
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;

  /** @param message a sentence: what is wrong and what to do */
  constructor(status: number, message: string, headers: Readonly<Record<string, string>> = {}) {
    super(message);
    this.status = status;
    this.headers = headers;
  }
}
