import type { OutgoingEvent } from "../cloud-event.ts";

/** Tokens with dots between them, of which each may have placeholders in it. */
export const subjectPattern =
  /^(?:[A-Za-z0-9_-]|\{(?:sdkAppId|type|groupId)\})+(?:\.(?:[A-Za-z0-9_-]|\{(?:sdkAppId|type|groupId)\})+)*$/;

/**
 * The subject of an event. In a group's id, whatever means something in subjects is percent-encoded; events of no group
 * have `none`.
 * @param template as in `subjectPattern`
 */
export function subjectOf(template: string, { sdkAppId, groupId, attributes }: OutgoingEvent): string {
  return template
    .replaceAll("{sdkAppId}", String(sdkAppId))
    .replaceAll("{type}", () => attributes.type)
    .replaceAll("{groupId}", () => (groupId === undefined ? "none" : tokenOf(groupId)));
}

function tokenOf(groupId: string): string {
  return encodeURIComponent(groupId.toWellFormed()).replaceAll(".", "%2E").replaceAll("*", "%2A");
}
