/** One proof on the runtime that runs this: `run.mjs client {"url":…}`, or `run.mjs DRIVER WHERE`. */
import { createBackend } from "./backend.ts";
import { proveClient, type Im } from "./prove-client.ts";
import { prove } from "./prove.ts";
import { serve } from "./serve.ts";
import { tryInbox } from "./trials.ts";

const [what = "", where = ""] = process.argv.slice(2);
try {
  if (what === "client") {
    // Node.js 20 has none of its own.
    const own = globalThis.WebSocket as typeof globalThis.WebSocket | undefined;
    await proveClient(JSON.parse(where) as Im, own ?? (await import("ws")).WebSocket);
  } else {
    await tryInbox(what, where, async (trial) => {
      const backend = createBackend(trial);
      await backend.receiver.start();
      await prove(await serve(backend));
      await backend.receiver.stop();
    });
  }
  process.exit(0);
} catch (error) {
  console.error(error);
  process.exit(1);
}
