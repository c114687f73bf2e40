import type { ProfileTexts } from "../group/group-events.ts";

const names = ["name", "introduction", "notification", "faceUrl"] as const;

/** Those of the four texts that are given and differ from what is there. */
export function changedTexts(before: Required<ProfileTexts>, given: ProfileTexts): ProfileTexts {
  const differs = names.filter((name) => given[name] !== undefined && given[name] !== before[name]);
  return Object.fromEntries(differs.map((name) => [name, given[name]]));
}
