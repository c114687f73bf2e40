import { join } from "node:path";
import { gzipSync } from "node:zlib";

import { rolldown } from "rolldown";
import { expect, it } from "vitest";

const LIMIT = 20_480;
const ENTRY = "callback-route.ts";

/** What a Worker or a route of Next is made of. */
const route = `
  import { createReceiver } from "@muster/receiver";
  import { fetchHandler } from "@muster/receiver/fetch";
  export const route = (apps, inbox) => fetchHandler(createReceiver({ apps, inbox }));
`;

it("a receiver behind Fetch is a bundle of at most 20 KB, gzipped, and needs nothing of Node.js", async () => {
  const bundle = await rolldown({
    input: ENTRY,
    cwd: join(import.meta.dirname, "..", ".."),
    platform: "browser",
    plugins: [
      {
        name: "entry",
        resolveId: (id) => (id === ENTRY ? join(import.meta.dirname, ENTRY) : undefined),
        load: (id) => (id.endsWith(ENTRY) ? route : undefined),
      },
    ],
  });
  const { output } = await bundle.generate({ format: "esm", minify: true });
  await bundle.close();
  expect(output).toHaveLength(1);
  const [{ code, imports }] = output;
  expect(imports).toEqual([]);
  expect(gzipSync(code).length).toBeLessThanOrEqual(LIMIT);
});
