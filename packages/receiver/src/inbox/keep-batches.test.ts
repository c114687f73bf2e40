import { expect, it } from "vitest";

import { sampleCallback } from "./inbox.contract.ts";
import { createKeepBatches } from "./keep-batches.ts";
import type { Kept } from "./inbox.ts";

const MEBIBYTE = 1_048_576;

it("refuses what waits too many or too large, and takes more once the database has kept up", async () => {
  const writes: PromiseWithResolvers<readonly Kept[]>[] = [];
  const keep = createKeepBatches(() => {
    const write = Promise.withResolvers<readonly Kept[]>();
    writes.push(write);
    return write.promise;
  });
  const large = sampleCallback({ body: new Uint8Array(MEBIBYTE) });
  const first = keep(large);
  const waiting = Array.from({ length: 64 }, () => keep(large));
  await expect(keep(sampleCallback())).rejects.toThrow("64 callbacks wait to be kept");
  writes[0]?.resolve(["new"]);
  await expect(first).resolves.toBe("new");
  writes[1]?.resolve(waiting.map(() => "new"));
  await Promise.all(waiting);
  const small = [keep(sampleCallback()), ...Array.from({ length: 1_000 }, () => keep(sampleCallback()))];
  await expect(keep(sampleCallback())).rejects.toThrow("1000 callbacks wait to be kept");
  for (let i = 2; i < 13; i += 1) {
    await expect.poll(() => writes.length).toBeGreaterThan(i);
    writes[i]?.resolve(Array.from({ length: 100 }, () => "new"));
  }
  await Promise.all(small);
});
