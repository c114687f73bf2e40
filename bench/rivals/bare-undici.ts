import { Pool } from "undici";

/** Posts bodies with nothing around it, so many at a time: how many a second. */
export async function bareUndici(url: string, bodies: readonly string[], inFlight: number): Promise<number> {
  const { origin, pathname, search } = new URL(url);
  const pool = new Pool(origin, { connections: inFlight, pipelining: 1 });
  const headers = { "content-type": "application/json" };
  let next = 0;
  const startedAt = performance.now();
  await Promise.all(
    Array.from({ length: inFlight }, async () => {
      for (let body = bodies[next++]; body !== undefined; body = bodies[next++]) {
        const answer = await pool.request({ method: "POST", path: pathname + search, headers, body });
        await answer.body.text();
      }
    }),
  );
  const seconds = (performance.now() - startedAt) / 1000;
  await pool.close();
  return bodies.length / seconds;
}
