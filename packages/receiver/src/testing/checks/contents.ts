import { VERIFY_GROUP_ID } from "@muster/protocol";

import type { Change } from "../caller.ts";
import type { Check } from "../check.ts";
import { taken } from "../judge.ts";
import { failed, passed, warning } from "../verdict.ts";

const DESTROYED = "Group.CallbackAfterGroupDestroyed";

/** Sent twice: the second time it is known, and answered like the first. */
function twice(name: string, title: string, change: () => Change): Check {
  return {
    name,
    title,
    async run({ call }) {
      const same = change();
      const remedy = "Know a callback that came before, and answer it 200 again: its sender only missed your answer.";
      const first = taken(await call(same), remedy);
      return first.verdict === "failed" ? first : taken(await call(same), remedy);
    },
  };
}

export const duplicate = twice("duplicate", "takes the same webhook-id again", () => ({
  id: `muster-check-${crypto.randomUUID()}`,
}));

/** What Tencent Cloud Chat sends has no id: the same is what has the same content. */
export const bareDuplicate = twice("duplicate-bare", "takes the same body again, without an id", () => ({
  form: "tencent",
}));

/** Authentic, but of no use: to send it again would not mend it. */
function unusable(name: string, title: string, change: () => Change): Check {
  return {
    name,
    title,
    run: async ({ call }) =>
      taken(await call(change()), "Put aside what cannot be used, and answer 200: it comes no better the next time."),
  };
}

export const unknownCommand = unusable("unknown-command", "takes a command that it does not know", () => ({
  query: { CallbackCommand: "Group.CallbackAfterMusterCheck" },
  fields: { CallbackCommand: "Group.CallbackAfterMusterCheck" },
}));

export const brokenJson = unusable("broken-json", "takes a body that is not JSON", () => ({
  body: `{"CallbackCommand":"${DESTROYED}","GroupId":"${VERIFY_GROUP_ID}",`,
}));

const DEPTH = 5_000;

export const deepJson = unusable("deep-json", `takes JSON ${DEPTH} levels deep`, () => ({
  body: `{"CallbackCommand":"${DESTROYED}","GroupId":"${VERIFY_GROUP_ID}","Type":"Public","Owner_Account":"leckie","Extension":${"[".repeat(DEPTH)}${"]".repeat(DEPTH)}}`,
}));

const MEMBERS = 6_000;

/** What disbanding a full group tells is longer than most frameworks take unless they are told otherwise. */
export const largeGroup: Check = {
  name: "large-group",
  title: `takes the disbanding of a group of ${MEMBERS}`,
  run: async ({ call }) =>
    taken(
      await call({
        fields: {
          MemberList: Array.from({ length: MEMBERS }, (_, i) => ({
            Member_Account: `muster-check-${String(i).padStart(19, "0")}`,
          })),
        },
      }),
      "Take bodies up to 1 MiB: many frameworks stop at 100 kB unless they are told otherwise.",
    ),
};

const MEBIBYTE = 1_048_576;

/** Nobody sends this much in earnest; it must do no harm. */
export const oversized: Check = {
  name: "oversized",
  title: "bounds what it reads",
  async run({ call }) {
    const { reply, failure } = await call({ fields: { Name: "x".repeat(2 * MEBIBYTE) } });
    const remedy = "Stop reading at 1 MiB and answer 413.";
    if (failure === "no answer") return failed("2 MiB are not answered.", remedy);
    // Whoever stops reading may break off before what was answered is read.
    if (failure) return warning("The connection was broken off while 2 MiB were sent.", remedy);
    if (reply.status === 413) return passed("Refused with 413.");
    return warning(`2 MiB were answered ${reply.status}.`, remedy);
  },
};
