import { describe, expect, it } from "vitest";

import { chinese, ok, pathOf, refused, startIm, unchanged, type Im } from "./im.ts";
import { proves } from "./proves.ts";

type Pair = readonly [key: string, value: string];

/** Carries out one of the commands on the group "mine". */
function change(im: Im, command: string, ...pairs: readonly Pair[]): ReturnType<Im["rest"]> {
  return im.rest(command, { GroupId: "mine", GroupAttr: pairs.map(([key, value]) => ({ key, value })) });
}

/** Expects the group's attributes to be these. */
async function has(im: Im, ...pairs: readonly Pair[]): Promise<void> {
  expect(await im.rest("get_group_attr", { GroupId: "mine" })).toEqual(
    ok({ GroupAttr: pairs.map(([key, value]) => ({ key, value })) }),
  );
}

async function start(): Promise<Im> {
  const im = await startIm();
  await im.create({ GroupId: "mine", Owner_Account: "leckie" });
  return im;
}

describe("group attributes", () => {
  it(
    "are set, modified, deleted and cleared",
    proves("rest:attr:set", "rest:attr:modify", "rest:attr:delete", "rest:attr:clear", "rest:attr:get"),
    async () => {
      const im = await start();
      await has(im);
      expect(await change(im, "set_group_attr", ["a", "1"], ["b", "2"])).toEqual(ok());
      await has(im, ["a", "1"], ["b", "2"]);
      expect(await change(im, "modify_group_attr", ["b", "3"], ["c", ""])).toEqual(ok());
      await has(im, ["a", "1"], ["b", "3"], ["c", ""]);
      expect(await change(im, "delete_group_attr", ["a", ""])).toEqual(ok());
      await has(im, ["b", "3"], ["c", ""]);
      expect(await change(im, "set_group_attr", ["d", "4"])).toEqual(ok());
      await has(im, ["d", "4"]);
      expect(await im.rest("clear_group_attr", { GroupId: "mine" })).toEqual(ok());
      await has(im);
      const elsewhere = "/v4/group_open_http_svc/get_group_attr";
      expect(pathOf("get_group_attr")).not.toBe(elsewhere);
      expect(await im.post(elsewhere, '{"GroupId":"mine"}')).toEqual(refused(10003));
    },
  );

  it(
    "keep to their bounds",
    proves("rest:attr:key-32-bytes", "rest:attr:value-4000-bytes", "rest:attr:16-keys", "rest:attr:16000-bytes"),
    async () => {
      const im = await start();
      const keys = (count: number, value = "v"): Pair[] => Array.from({ length: count }, (_, i) => [`key${i}`, value]);
      // Four of these have 16000 bytes, keys included.
      const quarter = (i: number, more = ""): Pair => [`key${i}`, "v".repeat(3_996) + more];
      expect(await change(im, "set_group_attr", [chinese(32), chinese(4_000)])).toEqual(ok());
      expect(await change(im, "set_group_attr", ...keys(16))).toEqual(ok());
      await unchanged(im, "mine", async () => {
        for (const command of ["set_group_attr", "modify_group_attr"]) {
          expect(await change(im, command, ["a".repeat(33), "v"])).toEqual(refused(10045, "GroupAttr"));
          expect(await change(im, command, [`${chinese(32)}a`, "v"])).toEqual(refused(10045, "GroupAttr"));
          expect(await change(im, command, ["a", "v".repeat(4_001)])).toEqual(refused(10046, "GroupAttr"));
          expect(await change(im, command, ["a", `${chinese(4_000)}a`])).toEqual(refused(10046, "GroupAttr"));
        }
        expect(await change(im, "modify_group_attr", ["one more", "v"])).toEqual(refused(10047, "GroupAttr"));
        expect(await change(im, "set_group_attr", ...keys(17))).toEqual(refused(10047, "GroupAttr"));
        for (const GroupAttr of [
          undefined,
          [],
          ["a"],
          [{ key: "", value: "v" }],
          [{ key: "a" }],
          [{ Key: "a", Value: "b" }],
        ]) {
          expect(await im.rest("set_group_attr", { GroupId: "mine", GroupAttr })).toEqual(refused(10004, "GroupAttr"));
        }
        await has(im, ...keys(16));
      });
      expect(await change(im, "set_group_attr", ...[0, 1, 2, 3].map((i) => quarter(i)))).toEqual(ok());
      expect(await change(im, "modify_group_attr", quarter(3, "v"))).toEqual(refused(10048, "GroupAttr"));
      expect(await change(im, "set_group_attr", ...[0, 1, 2].map((i) => quarter(i)), quarter(3, "v"))).toEqual(
        refused(10048, "GroupAttr"),
      );
      await has(im, ...[0, 1, 2, 3].map((i) => quarter(i)));
    },
  );

  it("must be there to be deleted", proves("rest:attr:delete-missing"), async () => {
    const im = await start();
    expect(await change(im, "set_group_attr", ["a", "1"], ["b", "2"])).toEqual(ok());
    await unchanged(im, "mine", async () => {
      expect(await change(im, "delete_group_attr", ["c", ""])).toEqual(refused(10050, "GroupAttr"));
      expect(await change(im, "delete_group_attr", ["a", ""], ["toString", ""])).toEqual(refused(10050, "toString"));
    });
    await has(im, ["a", "1"], ["b", "2"]);
    expect(await change(im, "delete_group_attr", ["b", ""], ["b", ""])).toEqual(ok());
    await has(im, ["a", "1"]);
  });

  it("may have any key", proves("rest:attr:odd-keys"), async () => {
    const im = await start();
    const odd: Pair[] = [
      ["__proto__", "1"],
      ["constructor", "2"],
      ["toString", "3"],
      ["群 \u0000", "\u0000"],
    ];
    expect(await change(im, "set_group_attr", ...odd)).toEqual(ok());
    await has(im, ...odd);
    expect(await change(im, "delete_group_attr", ["__proto__", ""])).toEqual(ok());
    await has(im, ...odd.slice(1));
    await unchanged(im, "mine", async () => {
      expect(await change(im, "set_group_attr", ["a\ud800", "v"])).toEqual(refused(10004, "GroupAttr"));
      expect(await change(im, "set_group_attr", ["a", "\udc00"])).toEqual(refused(10004, "GroupAttr"));
    });
  });

  it("need a group", proves("rest:attr:not-found"), async () => {
    const { rest } = await startIm();
    for (const command of [
      "set_group_attr",
      "modify_group_attr",
      "delete_group_attr",
      "clear_group_attr",
      "get_group_attr",
    ]) {
      const GroupAttr = [{ key: "a", value: "b" }];
      expect(await rest(command, { GroupId: "nowhere", GroupAttr })).toEqual(refused(10010, "GroupId"));
      expect(await rest(command, { GroupId: "群", GroupAttr })).toEqual(refused(10015, "GroupId"));
    }
  });
});
