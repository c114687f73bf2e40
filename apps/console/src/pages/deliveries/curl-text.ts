import type { AnswerOf } from "../../api/call.ts";

type Request = AnswerOf<"readDelivery">["request"];

/**
 * A command line that posts what was posted. Where the app signs its callbacks it takes the token from `$TOKEN` and
 * signs by itself: the server shows no secrets.
 */
export function curlText(url: string, { parameters, headers, body }: Request, isSigned: boolean): string {
  const target = `${url}${url.includes("?") ? "&" : "?"}${parameters}`;
  const lines = [
    isSigned ? `curl ${quoted(target)}"&Sign=$SIGN&RequestTime=$TIME"` : `curl ${quoted(target)}`,
    ...Object.entries(headers).map(([name, value]) => `  -H ${quoted(`${name}: ${value}`)}`),
    `  --data-raw ${quoted(body)}`,
  ];
  const call = lines.join(" \\\n");
  if (!isSigned) return call;
  return `TIME=$(date +%s); SIGN=$(printf %s "$TOKEN$TIME" | sha256sum | cut -c1-64)\n${call}`;
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
