/** The parameters of a callback's query, each `undefined` where it is absent or given more than once. */
export interface Query {
  readonly sdkAppId: string | undefined;
  readonly command: string | undefined;
  readonly clientIp: string | undefined;
  readonly platform: string | undefined;
  readonly sign: string | undefined;
  readonly requestTime: string | undefined;
  /** The query as it came, without `Sign` and `RequestTime`: what proves a sender is not kept. */
  readonly raw: string;
}

/**
 * Reads the query of a URL, absolute or not. A parameter that is given twice counts as absent: whoever checks
 * the one and acts on the other has checked nothing.
 */
export function readQuery(url: string): Query {
  const text = queryOf(url);
  const parameters = new URLSearchParams(text);
  const one = (name: string): string | undefined => {
    const values = parameters.getAll(name);
    return values.length === 1 ? values[0] : undefined;
  };
  return {
    sdkAppId: one("SdkAppid"),
    command: one("CallbackCommand"),
    clientIp: one("ClientIP"),
    platform: one("OptPlatform"),
    sign: one("Sign"),
    requestTime: one("RequestTime"),
    raw: text
      .split("&")
      .filter((part) => !isProof(part))
      .join("&"),
  };
}

function queryOf(url: string): string {
  const withoutFragment = url.split("#", 1)[0] ?? "";
  const mark = withoutFragment.indexOf("?");
  return mark === -1 ? "" : withoutFragment.slice(mark + 1).toWellFormed();
}

function isProof(part: string): boolean {
  const parameters = new URLSearchParams(part);
  return parameters.has("Sign") || parameters.has("RequestTime");
}
