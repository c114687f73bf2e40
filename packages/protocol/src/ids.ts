import type { GroupType } from "./group-types.ts";

/** Most bytes of a user's id. */
export const USER_ID_MAX_BYTES = 32;
/** Most bytes of a group's id that the caller chose. */
export const GROUP_ID_MAX_BYTES = 48;
/** Most bytes of a topic's id, its community's id included. */
export const TOPIC_ID_MAX_BYTES = 96;

const PREFIX = "@TGS#";
const COMMUNITY_PREFIX = "@TGS#_";
const TOPIC_MARK = "@TOPIC#_";
const GENERATED_TOPIC = "@TOPIC#";

const printableAscii = /^[\x20-\x7e]+$/;

/** The character that generated ids carry after `@TGS#`, by type, as the documents' samples show them. */
const typeMarks: Record<GroupType, string> = {
  Work: "1",
  Public: "2",
  Meeting: "3",
  AVChatRoom: "a",
  Community: "_@TGS#c",
};

/**
 * The id of a group whose creator chose none, for instance `@TGS#2J4SZEAEL` or `@TGS#_@TGS#cQVLVHIM62CJ`.
 * @param serial upper-case letters and digits, unique within the app
 */
export function generatedGroupId(type: GroupType, serial: string): string {
  return `${PREFIX}${typeMarks[type]}${serial}`;
}

/** The id of a topic whose creator chose none, for instance `@TGS#_@TGS#cQV…@TOPIC#_@TOPIC#cETE3HIM62CQ`. */
export function generatedTopicId(groupId: string, serial: string): string {
  return `${groupId}${TOPIC_MARK}${GENERATED_TOPIC}c${serial}`;
}

/**
 * What is wrong with a group id that the caller chose, or `undefined` where nothing is.
 * Printable ASCII, at most 48 bytes; `@TGS#` is kept for generated ids, and a community's id begins with
 * `@TGS#_` (but not with `@TGS#_@TGS#`, which is how generated ones begin).
 */
export function customGroupIdProblem(id: string, type: GroupType): string | undefined {
  if (!printableAscii.test(id)) return "must be printable ASCII and not empty";
  if (id.length > GROUP_ID_MAX_BYTES) return `is ${id.length} bytes long, at most ${GROUP_ID_MAX_BYTES} are allowed`;
  if (id.includes(TOPIC_MARK)) return `must not contain ${TOPIC_MARK}, which marks the id of a topic`;
  if (type === "Community") {
    if (!id.startsWith(COMMUNITY_PREFIX) || id.length === COMMUNITY_PREFIX.length) {
      return `must begin with ${COMMUNITY_PREFIX} for a community`;
    }
    if (id.startsWith(COMMUNITY_PREFIX + PREFIX)) return `must not begin with ${COMMUNITY_PREFIX}${PREFIX}`;
    return undefined;
  }
  if (id.startsWith(PREFIX)) return `must not begin with ${PREFIX}`;
  return undefined;
}

/** Whether a text can be the id of a group at all, generated or chosen. */
export function isGroupId(id: string): boolean {
  return printableAscii.test(id) && id.length <= GROUP_ID_MAX_BYTES && !id.includes(TOPIC_MARK);
}

/** The two parts of `<GroupId>@TOPIC#_<own part>`, or `undefined` where the text is no topic's id. */
export function parseTopicId(id: string): { groupId: string; own: string } | undefined {
  const at = id.indexOf(TOPIC_MARK);
  if (at <= 0 || id.length > TOPIC_ID_MAX_BYTES || !printableAscii.test(id)) return undefined;
  const own = id.slice(at + TOPIC_MARK.length);
  return own === "" ? undefined : { groupId: id.slice(0, at), own };
}

/** What is wrong with a topic id that the caller chose for a topic of `groupId`, or `undefined`. */
export function customTopicIdProblem(id: string, groupId: string): string | undefined {
  if (!printableAscii.test(id)) return "must be printable ASCII and not empty";
  if (id.length > TOPIC_ID_MAX_BYTES) return `is ${id.length} bytes long, at most ${TOPIC_ID_MAX_BYTES} are allowed`;
  const prefix = groupId + TOPIC_MARK;
  if (!id.startsWith(prefix) || id.length === prefix.length) {
    return `must be ${prefix} followed by the topic's own part`;
  }
  const own = id.slice(prefix.length);
  const reserved = TOPIC_MARK + GENERATED_TOPIC;
  if (own.includes(COMMUNITY_PREFIX) || id.includes(reserved)) {
    return `must contain neither ${reserved} nor, after ${TOPIC_MARK}, ${COMMUNITY_PREFIX}`;
  }
  return undefined;
}
