import { Pool } from "undici";

/** Answers nothing but what it takes to go on. */
export type Post = (
  path: string,
  body: string,
  headers?: Readonly<Record<string, string>>,
) => Promise<{ status: number; text: string }>;

/** Posts over kept connections, so many at most. */
export function posting(origin: string, connections: number): { post: Post; close(): Promise<void> } {
  const pool = new Pool(origin, { connections, pipelining: 1 });
  return {
    async post(path, body, headers = {}) {
      const answer = await pool.request({
        method: "POST",
        path,
        body,
        headers: { "content-type": "application/json", ...headers },
      });
      return { status: answer.statusCode, text: await answer.body.text() };
    },
    close: () => pool.close(),
  };
}

/** Does `task` again and again, so many at a time, for so long; returns how often a second. */
export async function rate(atATime: number, ms: number, task: () => Promise<void>): Promise<number> {
  let done = 0;
  const startedAt = performance.now();
  await Promise.all(
    Array.from({ length: atATime }, async () => {
      while (performance.now() - startedAt < ms) {
        await task();
        done += 1;
      }
    }),
  );
  return done / ((performance.now() - startedAt) / 1000);
}
