import { Pool } from "undici";

import { arrivalRate, type BenchEndpoint } from "../endpoint.ts";

/** Posts bodies in turn with nothing around it, so many at a time: how many a second. */
export async function bareUndici(
  endpoint: BenchEndpoint,
  bodies: readonly string[],
  { posts, inFlight }: { readonly posts: number; readonly inFlight: number },
): Promise<number> {
  const { origin, pathname, search } = new URL(endpoint.url);
  const pool = new Pool(origin, { connections: inFlight, pipelining: 1 });
  const headers = { "content-type": "application/json" };
  let next = 0;
  const posting = Array.from({ length: inFlight }, async () => {
    while (next < posts) {
      const body = bodies[next % bodies.length] ?? "";
      next += 1;
      const answer = await pool.request({ method: "POST", path: pathname + search, headers, body });
      await answer.body.text();
    }
  });
  const rate = await arrivalRate(endpoint, posts);
  await Promise.all(posting);
  await pool.close();
  return rate;
}
