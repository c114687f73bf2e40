import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync } from "node:fs";
import { join } from "node:path";

import { expect, it } from "vitest";

import { endsWithTests } from "../harness/children.ts";

const folder = join(import.meta.dirname, "..", "..", "examples");
const examples = readdirSync(folder, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);

it("there are examples of every adapter", () => {
  expect(examples).toEqual(expect.arrayContaining(["express", "fastify", "fetch", "hono", "lambda", "node-http"]));
});

it.each(examples)("the example %s holds what it asserts, and ends", async (name) => {
  const child = endsWithTests(
    spawn(process.execPath, [join(folder, name, "main.ts")], { stdio: ["ignore", "pipe", "pipe"] }),
  );
  let output = "";
  let errors = "";
  child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (errors += chunk.toString()));
  const [status] = (await once(child, "close")) as [number | null];
  expect(errors).toBe("");
  expect(status).toBe(0);
  expect(output).not.toBe("");
});
