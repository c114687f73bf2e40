import type { GroupEventRow, GroupKey } from "./group-reader.ts";

/** An event that may go, with what its group's state needs of it. */
export interface OldEvent extends GroupEventRow {
  readonly sdkAppId: number;
  readonly groupId: string | undefined;
}

/** A group after its events that have gone. */
export interface Snapshot {
  /** The position of the last of them. */
  readonly position: number;
  /** The newest instant that one of them tells of, in ms since 1970: from there on the group's past is known. */
  readonly instant: number;
  /** The group's fold, as `foldText` made it. */
  readonly fold: string;
}

/** A snapshot and whose it is. */
export interface GroupSnapshot extends GroupKey, Snapshot {}

/** What goes in one step. */
export interface TrimStep {
  /** Everything up to this position goes. */
  readonly through: number;
  /** What is known behind it of the groups of which something goes. */
  readonly snapshots: readonly GroupSnapshot[];
  /** Groups that go whole where no event of theirs is left. */
  readonly over: readonly GroupKey[];
}

/** Takes old events from the journal's beginning, and keeps of each group what they told. */
export interface Trimming {
  /** The first of the journal's events, at most `limit`, as long as they are older than an instant (ms since 1970). */
  readOldest(commands: readonly string[], before: number, limit: number): Promise<readonly OldEvent[]>;
  /** Takes a step, in one transaction. */
  trim(step: TrimStep): Promise<void>;
  readSnapshot(group: GroupKey): Promise<Snapshot | undefined>;
  /** At most `limit` snapshots in the order of app and group, behind one of them. */
  readSnapshots(after: GroupKey | undefined, limit: number): Promise<readonly GroupSnapshot[]>;
}
