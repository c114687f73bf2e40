import { readFileSync } from "node:fs";

import { expect, it, vi } from "vitest";

import { ClientError, ClientErrorCode } from "./client-error.ts";

it("a ClientError is an error with a code and perhaps a cause", () => {
  const cause = new Error("connect ECONNREFUSED");
  const error = new ClientError(ClientErrorCode.NotConnected, "no connection", cause);
  expect(error).toBeInstanceOf(Error);
  expect(error).toMatchObject({ name: "ClientError", code: 2805, message: "no connection", cause });
  expect("cause" in new ClientError(ClientErrorCode.TimedOut, "no answer")).toBe(false);
});

it("a ClientError of another copy of this package is one as well, and other errors are not", async () => {
  vi.resetModules();
  const copy = await import("./client-error.ts");
  const error: unknown = new copy.ClientError(2801, "no answer");
  expect(copy.ClientError).not.toBe(ClientError);
  expect(error).toBeInstanceOf(ClientError);
  for (const other of [new Error("no answer"), { code: 2801 }, undefined, null, "2801"]) {
    expect(other).not.toBeInstanceOf(ClientError);
  }
});

it("every code stands in the guide for app users, and no other", () => {
  const guide = readFileSync(new URL("../../../docs/guides/app-users.md", import.meta.url), "utf8");
  const told = [...guide.matchAll(/^\| `(\w+)` +\| (\d{4}) +\|/gm)].map(([, name, code]) => [name, Number(code)]);
  expect(told).toEqual(Object.entries(ClientErrorCode));
});
