import { callbackCommands, callbackRow, fit } from "@muster/protocol";
import { expect, it } from "vitest";

import { sampleBodies } from "./sample-bodies.ts";

it.each(callbackCommands)("%s has a sample that fits its schema and names its command", (command) => {
  expect(sampleBodies[command]).toMatchObject({ CallbackCommand: command });
  expect(fit(callbackRow(command).body, sampleBodies[command])).toMatchObject({ ok: true });
});
