import { expect, onTestFinished } from "vitest";

import { ADMIN_TOKEN, type AdminServer } from "./admin.ts";

/** What one event of the stream tells. */
interface Batch {
  readonly total: number;
  readonly deliveries: readonly Record<string, unknown>[];
}

/** Watches the deliveries of an app. What is returned resolves once so many attempts were told of. */
export async function watchDeliveries(
  { url }: AdminServer,
  sdkAppId: number,
  query = "",
): Promise<(count: number) => Promise<Batch[]>> {
  const abort = new AbortController();
  onTestFinished(() => abort.abort());
  const headers = { authorization: `Bearer ${ADMIN_TOKEN}` };
  const response = await fetch(`${url}/admin/v1/deliveries/stream?sdkAppId=${sdkAppId}${query}`, {
    headers,
    signal: abort.signal,
  });
  expect(response.headers.get("content-type")).toBe("text/event-stream");
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  const batches: Batch[] = [];
  let text = "";
  return async (count) => {
    while (batches.reduce((sum, { total }) => sum + total, 0) < count) {
      const part = await reader?.read();
      if (!part || part.done) throw new Error("the stream has ended");
      text += part.value;
      for (let end = text.indexOf("\n\n"); end !== -1; end = text.indexOf("\n\n")) {
        if (text.startsWith("data: ")) batches.push(JSON.parse(text.slice(6, end)) as Batch);
        text = text.slice(end + 2);
      }
    }
    return batches;
  };
}
