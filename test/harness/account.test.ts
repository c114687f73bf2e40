import { describe, expect, it } from "vitest";

import { problemsOf, type Account, type Arrived, type Kept } from "./account.ts";

const where = { sdkAppId: 1400000001, lane: "a" };

const kept = (sequence: number, state: Kept["state"] = "delivered"): Kept => {
  return { ...where, sequence, id: `id-${sequence}`, what: `what ${sequence}`, state, isReplay: false };
};
const came = (sequence: number, more: Partial<Arrived> = {}): Arrived => {
  const { id, what, isReplay } = kept(sequence);
  return { ...where, sequence, id, what, isReplay, number: 1, life: 1, ended: "delivered", ...more };
};

/** Three callbacks: one at once, one after a connection that was given up, a failure and a kill, one that was given up. */
const right: Account = {
  told: [{ ...where, asked: ["what 1", "what 2", "what 3"], acknowledged: 2 }],
  kept: [kept(1), kept(2), kept(3, "dead")],
  arrived: [
    came(1),
    came(2, { ended: "failed", isUnanswered: true }),
    came(2, { ended: "failed" }),
    came(2, { number: 2 }),
    came(2, { number: 2, life: 2 }),
    came(3, { ended: "last", life: 2 }),
  ],
  ledgers: [{ sdkAppId: 1400000001, accepted: 3, delivered: 2, pending: 0, dead: 1, cancelled: 0 }],
};

describe("an account", () => {
  it("has no problems where everything was kept", () => {
    expect(problemsOf(right)).toEqual([]);
  });

  const wrong: readonly (readonly [why: string, account: Partial<Account>, problem: string])[] = [
    [
      "an acknowledged command has no callback",
      {
        kept: [kept(1)],
        arrived: [came(1)],
        ledgers: [{ sdkAppId: 1400000001, accepted: 1, delivered: 1, pending: 0, dead: 0, cancelled: 0 }],
      },
      "1400000001 a: 2 were acknowledged, 1 are kept",
    ],
    ["a lane is there that nobody asked for", { told: [] }, "1400000001 a: nobody asked for it"],
    [
      "a callback tells something else than was asked for",
      { told: [{ ...where, asked: ["what 2", "what 2", "what 3"], acknowledged: 2 }] },
      "1400000001 a 1: is what 1, not what 2",
    ],
    [
      "a number is missing",
      { kept: [kept(1), { ...kept(3, "dead"), what: "what 2" }, { ...kept(2), sequence: 4, what: "what 3" }] },
      "1400000001 a: numbered 1,3,4",
    ],
    [
      "what counts as delivered never came",
      { arrived: [came(1), came(2, { ended: "last" })] },
      "1400000001 a 2: counts as delivered, and nobody took it",
    ],
    [
      "something came that is not kept",
      { arrived: [...right.arrived, came(4, { life: 2 })] },
      "1400000001 a 4: came, and is not kept",
    ],
    [
      "a duplicate has another id",
      { arrived: [...right.arrived, came(1, { id: "other", life: 3 })] },
      "1400000001 a 1: came as other what 1, and is id-1 what 1",
    ],
    [
      "a callback overtakes another",
      { arrived: [came(2), came(1), came(2, { number: 2, life: 2 }), came(3, { life: 2 })] },
      "1400000001 a 2: came before 1 was through",
    ],
    [
      "a callback comes after a failure of the one before it",
      { arrived: [came(1, { ended: "failed" }), came(2), came(1, { life: 2 }), came(2, { life: 2 })] },
      "1400000001 a 2: came before 1 was through",
    ],
    [
      "a lane goes back within a life",
      { arrived: [...right.arrived, came(2, { number: 3, life: 2 })] },
      "1400000001 a: 2.3 came after 3.1",
    ],
    [
      "an attempt comes a third time",
      { arrived: [came(1), ...Array.from({ length: 3 }, () => came(2, { ended: "failed", isUnanswered: true }))] },
      "1400000001 a: 2.1 came after 2.1",
    ],
    [
      "what was taken comes again within a life",
      { arrived: [came(1), came(1, { number: 2 }), came(2)] },
      "1400000001 a: 1.2 came though 1.1 was taken",
    ],
    [
      "the books do not say what the store holds",
      { ledgers: [{ sdkAppId: 1400000001, accepted: 3, delivered: 3, pending: 0, dead: 0, cancelled: 0 }] },
      'the books say [3,{"delivered":3,"pending":0,"dead":0,"cancelled":0}], the store holds [3,{"delivered":2,"pending":0,"dead":1,"cancelled":0}]',
    ],
    [
      "the books know an app of which nothing is kept",
      { ledgers: [...right.ledgers, { sdkAppId: 2, accepted: 1, delivered: 0, pending: 1, dead: 0, cancelled: 0 }] },
      "2: the books say [1,",
    ],
  ];
  it.each(wrong)("tells when %s", (_why, account, problem) => {
    expect(problemsOf({ ...right, ...account }).join("\n")).toContain(problem);
  });

  it("lets a replay come at any time, under the id of what it repeats", () => {
    const again = { isReplay: true, lane: "a again", sequence: 1 };
    const madeGood: Account = {
      ...right,
      kept: [kept(1), kept(2), kept(3), { ...kept(3), ...again }],
      arrived: [...right.arrived, came(3, { ...again, life: 2 })],
      ledgers: [{ sdkAppId: 1400000001, accepted: 3, delivered: 3, pending: 0, dead: 0, cancelled: 0 }],
    };
    expect(problemsOf(madeGood)).toEqual([]);
  });
});
