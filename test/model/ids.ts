import type { TypeName } from "./world.ts";

export function canBeGroupId(text: string): boolean {
  return /^[\x20-\x7e]{1,48}$/.test(text) && !text.includes("@TOPIC#_");
}

export function canBeChosen(id: string, type: TypeName): boolean {
  if (!canBeGroupId(id)) return false;
  if (type !== "Community") return !id.startsWith("@TGS#");
  return id.startsWith("@TGS#_") && id !== "@TGS#_" && !id.startsWith("@TGS#_@TGS#");
}

export function isTopicOf(groupId: string, id: string): boolean {
  return /^[\x20-\x7e]{1,96}$/.test(id) && id.startsWith(`${groupId}@TOPIC#_`) && id.length > groupId.length + 8;
}

export function canBeChosenTopic(id: string, groupId: string): boolean {
  const own = id.slice(groupId.length + "@TOPIC#_".length);
  return isTopicOf(groupId, id) && !own.includes("@TGS#_") && !own.startsWith("@TOPIC#");
}

/** The id that the server gave, if it can be one: otherwise what was expected instead. */
export function madeId(id: string | undefined, pattern: string, taken: boolean): string {
  const fits = id !== undefined && id.startsWith(pattern) && /^[0-9A-Z]+$/.test(id.slice(pattern.length)) && !taken;
  return fits ? id : `a new id that begins with ${pattern}`;
}
