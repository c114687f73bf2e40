import type { OutgoingEvent } from "../cloud-event.ts";

/** Tokens with dots between them, of which each may have placeholders in it. */
export const subjectPattern =
  /^(?:[A-Za-z0-9_-]|\{(?:sdkAppId|type|groupId)\})+(?:\.(?:[A-Za-z0-9_-]|\{(?:sdkAppId|type|groupId)\})+)*$/;

/** What a callback's command looks like; one that no catalog knows may be any text that a query can have. */
const plainType = /^[\w-]+(?:\.[\w-]+)*$/;

/**
 * The subject of an event. In a group's id, whatever means something in subjects is percent-encoded, and so in a command
 * that is not made of tokens and dots; events of no group have `none`.
 * @param template as in `subjectPattern`
 */
export function subjectOf(template: string, { sdkAppId, groupId, attributes }: OutgoingEvent): string {
  return template
    .replaceAll("{sdkAppId}", String(sdkAppId))
    .replaceAll("{type}", () => typeOf(attributes.type))
    .replaceAll("{groupId}", () => (groupId === undefined ? "none" : tokenOf(groupId)));
}

function typeOf(type: string): string {
  if (plainType.test(type)) return type;
  return type === "" ? "none" : tokenOf(type);
}

function tokenOf(text: string): string {
  return encodeURIComponent(text.toWellFormed()).replaceAll(".", "%2E").replaceAll("*", "%2A");
}
