import fc from "fast-check";
import { describe, expect, it } from "vitest";

import type { GroupEvent } from "../group/group-event.ts";
import { foldEvents } from "../group/group-fold.ts";
import { stateOf } from "../group/group-state.ts";
import { compareGroup, type Difference } from "./compare-group.ts";
import type { GroupView, MemberView } from "./group-view.ts";
import type { ImBackend } from "./im-backend.ts";
import { mendingEvents, type MendingEvent } from "./mending-events.ts";
import { newReconcileState, reconcile, type ReconcileState } from "./reconcile.ts";
import { ReconcileError } from "./reconcile-error.ts";
import type { RecorderMirror } from "./recorder-mirror.ts";

const member = (role: string, nameCard = ""): MemberView => ({ role, nameCard });

function groupView(groupId: string, over: Partial<GroupView> = {}): GroupView {
  return {
    groupId,
    type: "Public",
    texts: { name: "n", introduction: undefined, notification: undefined, faceUrl: undefined },
    owner: "leckie",
    members: new Map([["leckie", member("Owner")]]),
    topics: undefined,
    customFields: new Map(),
    ...over,
  };
}

/** A mirror that folds what it is told, as the recorder does. */
function foldingMirror() {
  const told = new Map<string, GroupEvent[]>();
  let now = 0;
  const viewOf = (groupId: string): GroupView | undefined => {
    const state = stateOf(foldEvents(told.get(groupId) ?? []));
    if (!state.exists) return undefined;
    return {
      groupId,
      type: state.type,
      texts: {
        name: state.name,
        introduction: state.introduction,
        notification: state.notification,
        faceUrl: state.faceUrl,
      },
      owner: state.owner,
      members: new Map(state.members.map(({ userId, role, nameCard }) => [userId, member(role, nameCard)])),
      topics: new Map(state.topics.map(({ topicId, name }) => [topicId, name])),
      customFields: new Map(Object.entries(state.customFields)),
    };
  };
  const tick = (): number => (now += 1);
  const take = (groupId: string, { command, fields }: MendingEvent, eventTime = tick()): void => {
    const body = { CallbackCommand: command, GroupId: groupId, ...fields, EventTime: eventTime };
    const event = { command, sequence: undefined, eventTime, receivedAt: tick(), quarantined: false, body };
    told.set(groupId, [...(told.get(groupId) ?? []), event]);
  };
  const mirror: RecorderMirror = {
    async *listGroups() {
      for (const groupId of told.keys()) if (viewOf(groupId)) yield groupId;
    },
    readGroup: async (groupId) => viewOf(groupId),
    mend: async (groupId, event, _id, happenedAt) => take(groupId, event, happenedAt),
    async *gaps() {},
  };
  /** Makes it say what a view says; without one, that there is no group. */
  const say = (groupId: string, view: GroupView | undefined): void => {
    for (const event of mendingEvents(viewOf(groupId), view)) take(groupId, event);
  };
  const tell = (view: GroupView): void => say(view.groupId, view);
  return { mirror, viewOf, take, say, tell, tick };
}

/** A backend that has groups, in pages of 3. */
function backendOf(groups: readonly GroupView[]): ImBackend {
  return {
    async listGroups(next) {
      const end = next + 3;
      return { groupIds: groups.slice(next, end).map(({ groupId }) => groupId), next: end < groups.length ? end : 0 };
    },
    readGroups: async (asked) =>
      new Map(
        groups
          .filter(({ groupId }) => asked.some((one) => one.groupId === groupId))
          .map((view) => [view.groupId, view]),
      ),
  };
}

interface Run {
  readonly now?: () => number;
  readonly onDifference?: () => void;
  readonly mend?: boolean;
  readonly state?: ReconcileState;
  readonly settle?: () => Promise<void>;
}

async function run(mirror: RecorderMirror, backend: ImBackend, given: Run = {}) {
  const { mend = false, state, settle, now = Date.now, onDifference = () => {} } = given;
  const differences: Difference[] = [];
  const states: ReconcileState[] = [];
  const done = reconcile({
    mirror,
    backend,
    mend,
    now,
    state: state ?? newReconcileState,
    settle: settle ?? (async () => {}),
    newId: () => "id",
    onDifference(difference) {
      differences.push(difference);
      onDifference();
    },
    onState: (reached) => states.push(reached),
  });
  return { done: await done.catch((error: unknown) => error), differences, states };
}

describe("a group on two sides", () => {
  it("is the same where only spelling differs", () => {
    const mirror = groupView("g", { type: "Private", texts: { ...groupView("g").texts, introduction: "" } });
    expect(compareGroup(mirror, groupView("g", { type: "Work" }))).toEqual([]);
    expect(compareGroup(mirror, groupView("g", { type: "Work", members: undefined, topics: new Map() }))).toEqual([]);
  });

  it("is told field by field where it differs", () => {
    const mirror = groupView("g", {
      members: new Map([
        ["leckie", member("Owner")],
        ["bob", member("Member", "b")],
        ["peter", member("Member")],
      ]),
      topics: new Map([["t1", "rules"]]),
      customFields: new Map([["k", "1"]]),
    });
    const backend = groupView("g", {
      texts: { name: "other", introduction: "i", notification: undefined, faceUrl: undefined },
      owner: "bob",
      members: new Map([
        ["leckie", member("Member")],
        ["bob", member("Owner", "c")],
        ["maria", member("Member")],
      ]),
      topics: new Map([
        ["t1", "news"],
        ["t2", "chess"],
      ]),
    });
    const told = compareGroup(mirror, backend).map((one) =>
      one.kind === "different" ? [one.field, one.mirror, one.backend] : [],
    );
    expect(told).toEqual([
      ["name", "n", "other"],
      ["introduction", null, "i"],
      ["owner", "leckie", "bob"],
      ["members.leckie.role", "Owner", "Member"],
      ["members.bob.role", "Member", "Owner"],
      ["members.bob.nameCard", "b", "c"],
      ["members.peter", "there", null],
      ["members.maria", null, "there"],
      ["topics.t1", "rules", "news"],
      ["topics.t2", null, "chess"],
      ["customFields.k", "1", null],
    ]);
  });

  it("is the same after mending, whatever it was on either side", () => {
    const text = fc.constantFrom("", "a", "b");
    const users = ["leckie", "bob", "peter"];
    const view = fc
      .record({
        texts: fc.record({ name: text, introduction: text, notification: text, faceUrl: text }),
        owner: fc.constantFrom(...users),
        others: fc.dictionary(fc.constantFrom(...users), fc.tuple(fc.constantFrom("Member", "Admin"), text)),
        topics: fc.dictionary(fc.constantFrom("t1", "t2"), fc.constantFrom("x", "y")),
        fields: fc.dictionary(fc.constantFrom("k", "__proto__"), fc.constantFrom("1", "2")),
        card: text,
      })
      .map(({ texts, owner, others, topics, fields, card }) => {
        const members = new Map(Object.entries(others).map(([id, [role, nameCard]]) => [id, member(role, nameCard)]));
        members.set(owner, member("Owner", card));
        return groupView("g", {
          texts,
          owner,
          members,
          topics: new Map(Object.entries(topics)),
          customFields: new Map(Object.entries(fields)),
        });
      });
    const history = fc.array(fc.option(view, { nil: undefined }), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(history, (views) => {
        const { viewOf, say } = foldingMirror();
        for (const one of views) {
          say("g", one);
          const now = viewOf("g");
          expect(now === undefined).toBe(one === undefined);
          expect(now && one ? compareGroup(now, one) : []).toEqual([]);
        }
      }),
      { numRuns: 200 },
    );
  });
});

describe("reconciling", () => {
  const ids = Array.from({ length: 120 }, (_, i) => `g${String(i).padStart(3, "0")}`);

  it("tells what is missing, extra and different, each once, and mends it if it is to", async () => {
    const { mirror, tell } = foldingMirror();
    for (const id of ["a", "b", "extra"]) tell(groupView(id));
    const changed = groupView("b", { owner: "bob", members: new Map([["bob", member("Owner")]]) });
    const backend = backendOf([groupView("a"), changed, groupView("new"), groupView("newer")]);
    const reported = await run(mirror, backend);
    expect(reported.differences.map(({ kind, groupId }) => `${kind} ${groupId}`)).toEqual([
      "missing new",
      "missing newer",
      ...Array.from({ length: 3 }, () => "different b"),
      "extra extra",
    ]);
    expect(reported.done).toMatchObject({ phase: "done", missing: 2, extra: 1, different: 1, mended: 0, looked: 3 });
    const mended = await run(mirror, backend, { mend: true });
    expect([mended.differences, mended.done]).toEqual([reported.differences, expect.objectContaining({ mended: 4 })]);
    expect((await run(mirror, backend)).differences).toEqual([]);
  });

  it("does not tell what was only under way", async () => {
    const { mirror, tell } = foldingMirror();
    tell(groupView("a"));
    const late = groupView("late");
    const settle = async () => tell(late);
    expect((await run(mirror, backendOf([groupView("a"), late]), { settle })).differences).toEqual([]);
  });

  it("does not undo what happened after the backend was asked", async () => {
    const { mirror, take, tell, tick, viewOf } = foldingMirror();
    tell(groupView("a"));
    const withBob = new Map([...(groupView("a").members ?? []), ["bob", member("Member")] as const]);
    // He leaves while the difference is told, and the callback is faster than what mends.
    const onDifference = (): void => {
      const fields = { Operator_Account: "bob", ExitType: "Quit", ExitMemberList: [{ Member_Account: "bob" }] };
      take("a", { command: "Group.CallbackAfterMemberExit", fields: { Type: "Public", ...fields } });
    };
    const backend = backendOf([groupView("a", { members: withBob })]);
    const { done } = await run(mirror, backend, { mend: true, now: tick, onDifference });
    expect([...(viewOf("a")?.members?.keys() ?? [])]).toEqual(["leckie"]);
    expect(done).toMatchObject({ different: 1, mended: 0 });
  });

  it("does not call mended what cannot be: a group's type", async () => {
    const { mirror, tell } = foldingMirror();
    tell(groupView("a"));
    const { done } = await run(mirror, backendOf([groupView("a", { type: "Meeting" })]), { mend: true });
    expect(done).toMatchObject({ different: 1, mended: 0 });
  });

  it("goes on where it broke off, and counts as if it had not", async () => {
    const { mirror, tell } = foldingMirror();
    for (const id of ids) tell(groupView(id));
    const groups = ids.map((id) => groupView(id, id > "g060" ? { owner: "bob" } : {}));
    let calls = 0;
    const whole = backendOf(groups);
    const failing: ImBackend = {
      ...whole,
      async readGroups(asked) {
        calls += 1;
        if (calls > 2) throw new ReconcileError("away");
        return whole.readGroups(asked);
      },
    };
    const broken = await run(mirror, failing);
    expect(broken.done).toEqual(new ReconcileError("away"));
    const state = broken.states.at(-1);
    expect(state).toMatchObject({ phase: "compare", after: "g049", looked: 50, total: 120 });
    const { done, differences } = await run(mirror, whole, { ...(state && { state }) });
    expect(done).toMatchObject({ phase: "done", looked: 120, total: 120, different: 59 });
    expect(differences.every(({ groupId }) => groupId > "g060")).toBe(true);
  });
});
