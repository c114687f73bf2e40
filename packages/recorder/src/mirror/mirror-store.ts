import type { Member, Topic } from "../group/group-parts.ts";
import type { Checkpoint } from "../group/read-group.ts";
import type { NumberRange } from "../group/sequence-ledger.ts";
import type { GroupKey } from "../journal/group-reader.ts";

/** What is to be written over what is there: a value, or `undefined` where there is to be none. */
export type Changes<V> = readonly (readonly [key: string, value: V | undefined])[];

/** A group's row. Times are in ms since 1970. */
export interface GroupRow {
  readonly state: "unknown" | "there" | "disbanded";
  readonly life: number;
  readonly type: string | undefined;
  readonly name: string | undefined;
  readonly introduction: string | undefined;
  readonly notification: string | undefined;
  readonly faceUrl: string | undefined;
  readonly owner: string | undefined;
  readonly memberCount: number;
  readonly topicCount: number;
  readonly full: boolean;
  readonly createdAt: number | undefined;
  readonly disbandedAt: number | undefined;
  /** The highest number that came, and how many below it did not. */
  readonly lastSequence: number | undefined;
  readonly missing: number;
  /** The position of the last event that counts in, and when that came. */
  readonly lastPosition: number;
  readonly lastReceivedAt: number;
}

/** What has become of a group. */
export interface GroupChange extends GroupKey {
  readonly row: GroupRow;
  readonly members: Changes<Member>;
  readonly topics: Changes<Topic>;
  readonly customFields: Changes<string>;
  readonly attributes: Changes<string>;
  /** All missing numbers, where they are others than before. */
  readonly gaps: readonly NumberRange[] | undefined;
  /** The group's fold after `row.lastPosition` as text, now and then: from there it can be gone on with. */
  readonly checkpoint: string | undefined;
}

/** How far a mirror has come, and by which rules. */
export interface MirrorState {
  readonly position: number;
  readonly rules: number;
}

/** Where the mirror's tables are. Nothing is in them that could not be made anew from the journal. */
export interface MirrorStore {
  readState(): Promise<MirrorState>;
  readCheckpoint(group: GroupKey): Promise<Checkpoint | undefined>;
  /** Writes changes and how far they go, in one transaction. */
  write(state: MirrorState, changes: readonly GroupChange[]): Promise<void>;
  /** Empties the tables; the state is then 0 and 0. */
  clear(): Promise<void>;
  /** At most `limit` groups that are disbanded and of which nothing was told since a position, in order, behind one of them. */
  readDisbanded(before: number, after: GroupKey | undefined, limit: number): Promise<readonly GroupKey[]>;
  /** Removes groups with all that is theirs. */
  forget(groups: readonly GroupKey[]): Promise<void>;
}
