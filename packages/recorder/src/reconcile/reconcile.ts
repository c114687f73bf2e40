import { compareGroup, type Difference } from "./compare-group.ts";
import type { GroupView } from "./group-view.ts";
import { MOST_GROUPS, type ImBackend } from "./im-backend.ts";
import { mendingEvents } from "./mending-events.ts";
import type { RecorderMirror } from "./recorder-mirror.ts";

/** How far a comparison has come: with it, another run goes on. */
export interface ReconcileState {
  /** First the backend's groups are listed, then those of the mirror compared. */
  readonly phase: "list" | "compare" | "done";
  /** Where the backend's list goes on. */
  readonly next: number;
  /** The last group that was compared; ids are gone through in their order. */
  readonly after: string;
  /** Groups that have been looked at, and how many there are as far as is known. */
  readonly looked: number;
  readonly total: number;
  /** Groups that are missing, extra, different. */
  readonly missing: number;
  readonly extra: number;
  readonly different: number;
  /** How many of these were mended. */
  readonly mended: number;
}

export const newReconcileState: ReconcileState = {
  phase: "list",
  next: 0,
  after: "",
  looked: 0,
  total: 0,
  missing: 0,
  extra: 0,
  different: 0,
  mended: 0,
};

/** What a comparison is made of. */
export interface ReconcileParts {
  readonly mirror: RecorderMirror;
  readonly backend: ImBackend;
  /** Whether the mirror is made to say what the backend says. */
  readonly mend: boolean;
  /** Where to go on; `newReconcileState` at first. */
  readonly state: ReconcileState;
  /** In ms since 1970. */
  readonly now: () => number;
  /** Lets what is under way arrive, before what seems different is looked at once more. */
  readonly settle: () => Promise<void>;
  /** An id for an event that mends. */
  readonly newId: () => string;
  /** Learns of each difference that lasted. */
  readonly onDifference: (difference: Difference) => void;
  /** Learns how far it has come; what it keeps can be gone on with. */
  readonly onState: (state: ReconcileState) => void;
}

/** A group on both sides. */
interface Pair {
  readonly groupId: string;
  /** When the backend was asked, in ms since 1970: what callbacks tell that happened later, it may not have known. */
  readonly askedAt: number;
  readonly mirror: GroupView | undefined;
  readonly backend: GroupView | undefined;
}

/**
 * Compares the mirror with the IM backend, group by group. Both go on living meanwhile: what seems different is looked at once
 * more after a moment, and only what lasts is told.
 * @throws {ReconcileError} where one of the two cannot be asked
 */
export async function reconcile(parts: ReconcileParts): Promise<ReconcileState> {
  const { mirror, backend, mend, now, settle, newId, onDifference, onState } = parts;
  let { state } = parts;
  const advance = (change: Partial<ReconcileState>): void => {
    state = { ...state, ...change };
    onState(state);
  };

  async function pairsOf(groupIds: readonly string[]): Promise<readonly Pair[]> {
    const ours = new Map<string, GroupView>();
    for (const groupId of groupIds) {
      const found = await mirror.readGroup(groupId);
      if (found) ours.set(groupId, found);
    }
    const asked = groupIds.map((groupId) => ({
      groupId,
      customFields: [...(ours.get(groupId)?.customFields?.keys() ?? [])],
    }));
    const askedAt = now();
    const theirs = asked.length > 0 ? await backend.readGroups(asked) : new Map<string, GroupView>();
    return groupIds.map((groupId) => ({
      groupId,
      askedAt,
      mirror: ours.get(groupId),
      backend: theirs.get(groupId),
    }));
  }

  /** Those of the groups on which the two sides do not agree, now and a moment later. */
  async function lasting(groupIds: readonly string[]): Promise<readonly Pair[]> {
    const seeming = (await pairsOf(groupIds)).filter((pair) => differencesOf(pair).length > 0);
    if (seeming.length === 0) return [];
    await settle();
    const again = await pairsOf(seeming.map(({ groupId }) => groupId));
    return again.filter((pair) => differencesOf(pair).length > 0);
  }

  async function mendPair(pair: Pair): Promise<boolean> {
    for (const event of mendingEvents(pair.mirror, pair.backend)) {
      await mirror.mend(pair.groupId, event, newId(), pair.askedAt);
    }
    const mended = await mirror.readGroup(pair.groupId);
    return differencesOf({ ...pair, mirror: mended }).length === 0;
  }

  async function look(groupIds: readonly string[]): Promise<void> {
    for (const pair of await lasting(groupIds)) {
      const differences = differencesOf(pair);
      for (const difference of differences) onDifference(difference);
      const kind = differences[0]?.kind ?? "different";
      const isMended = mend && (await mendPair(pair));
      state = { ...state, [kind]: state[kind] + 1, mended: state.mended + Number(isMended) };
    }
  }

  const there = new Set<string>();
  for await (const groupId of mirror.listGroups()) there.add(groupId);
  while (state.phase === "list") {
    const page = await backend.listGroups(state.next);
    const unknown = page.groupIds.filter((groupId) => !there.has(groupId));
    for (let i = 0; i < unknown.length; i += MOST_GROUPS) await look(unknown.slice(i, i + MOST_GROUPS));
    const phase = page.next === 0 ? "compare" : "list";
    advance({ phase, next: page.next, total: Math.max(there.size, state.total) });
  }
  const rest = [...there].toSorted().filter((groupId) => groupId > state.after);
  advance({ total: state.looked + rest.length });
  for (let i = 0; i < rest.length; i += MOST_GROUPS) {
    const chunk = rest.slice(i, i + MOST_GROUPS);
    await look(chunk);
    advance({ after: chunk.at(-1) ?? state.after, looked: state.looked + chunk.length });
  }
  advance({ phase: "done" });
  return state;
}

function differencesOf({ groupId, mirror, backend }: Pair): readonly Difference[] {
  if (mirror && backend) return compareGroup(mirror, backend);
  if (mirror) return [{ kind: "extra", groupId }];
  return backend ? [{ kind: "missing", groupId }] : [];
}
