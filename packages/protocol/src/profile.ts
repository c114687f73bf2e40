import type { GroupType } from "./group-types.ts";
import { oldTypeName } from "./group-types.ts";

/**
 * How an app wants the wire spelt where Tencent's own documents disagree. What is read is never narrowed by
 * it: both spellings are always understood.
 */
export interface Profile {
  /** `number` as the field tables and real captures have it (default), `string` as the samples quote it. */
  readonly eventTime: "number" | "string";
  /** `old` says `Private` and `ChatRoom` (default, as the documents' answers do), `new` says `Work` and `Meeting`. */
  readonly typeNames: "old" | "new";
}

export const defaultProfile: Profile = Object.freeze({ eventTime: "number", typeNames: "old" });

/** A time in milliseconds as the app's callbacks spell it. */
export function wireEventTime(profile: Profile, millis: number): number | string {
  return profile.eventTime === "string" ? String(millis) : millis;
}

/** A group's type as the app's callbacks and answers spell it. */
export function wireTypeName(profile: Profile, type: GroupType): string {
  return profile.typeNames === "new" ? type : oldTypeName(type);
}
