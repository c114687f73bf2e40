import { ErrorCode } from "@muster/protocol";
import { describe, expect, it } from "vitest";

import { openExecutor } from "../../../../test/harness/executor.ts";
import { importAccount } from "./import-account.ts";

describe("importing an account", () => {
  it("makes the user known, and may be done again", async () => {
    const { execute, reads, told } = await openExecutor();
    expect(await reads.missingAccounts(["zoe"])).toEqual(["zoe"]);
    for (const nick of ["Zoe", "Zoë"]) {
      expect(await execute(importAccount, { userId: "zoe", nick, faceUrl: "" })).toEqual({ ok: true, result: {} });
    }
    expect(await reads.missingAccounts(["zoe"])).toEqual([]);
    expect(told).toEqual([]);
  });

  it.each([
    ["Nick", { nick: "x".repeat(501), faceUrl: "" }],
    ["Nick", { nick: `${"é".repeat(250)}x`, faceUrl: "" }],
    ["FaceUrl", { nick: "", faceUrl: "李".repeat(167) }],
  ])("is refused where %s has more than 500 bytes, and nothing is changed", async (field, profile) => {
    const { execute, reads } = await openExecutor();
    expect(await execute(importAccount, { userId: "zoe", ...profile })).toEqual({
      ok: false,
      refusal: { code: ErrorCode.ProfileFieldTooLong, info: `${field} is longer than 500 bytes` },
    });
    expect(await reads.missingAccounts(["zoe"])).toEqual(["zoe"]);
  });

  it("takes 500 bytes", async () => {
    const { execute } = await openExecutor();
    const profile = { nick: "é".repeat(250), faceUrl: "x".repeat(500) };
    expect(await execute(importAccount, { userId: "zoe", ...profile })).toMatchObject({ ok: true });
  });
});
