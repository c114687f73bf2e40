/** The headers of a request: names in lower case as Node gives them, or the `Headers` of Fetch. */
export type CallbackHeaders = FetchHeaders | Readonly<Record<string, string | readonly string[] | undefined>>;

/** What is needed of Fetch's `Headers`. */
export interface FetchHeaders {
  get(name: string): string | null;
}

/** An HTTP request, whatever the framework it came through. */
export interface CallbackRequest {
  readonly method: string;
  /** The path with its query, or the whole URL. */
  readonly url: string;
  readonly headers: CallbackHeaders;
  /** The bytes as they came: a body that was parsed and written anew is another body. */
  readonly body: Uint8Array;
}

/** A header's value; `undefined` where it is absent or came more than once. */
export function headerOf(headers: CallbackHeaders, name: string): string | undefined {
  if (isFetchHeaders(headers)) return headers.get(name) ?? undefined;
  // `Object.hasOwn`: a header may be called "constructor".
  const value = Object.hasOwn(headers, name) ? headers[name] : undefined;
  if (typeof value === "string") return value;
  return value?.length === 1 ? value[0] : undefined;
}

function isFetchHeaders(headers: CallbackHeaders): headers is FetchHeaders {
  return typeof headers["get" as keyof CallbackHeaders] === "function";
}
