import { createHmac } from "node:crypto";

/**
 * The `webhook-signature` of an attempt: Standard Webhooks `v1`, an HMAC over id, timestamp and body, one for each
 * token, so that a receiver that knows any of them can verify it. The key is the callback token as the text it is;
 * a Standard Webhooks library takes it as `whsec_` and its base64.
 * @param timestamp seconds since 1970
 * @see https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
 */
export function webhookSignature(tokens: readonly string[], id: string, timestamp: number, body: string): string {
  const signed = `${id}.${timestamp}.${body}`;
  return tokens.map((token) => `v1,${createHmac("sha256", token).update(signed).digest("base64")}`).join(" ");
}
