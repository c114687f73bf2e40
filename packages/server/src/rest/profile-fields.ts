import type { ProfileTexts } from "../group/group-events.ts";

interface WireTexts {
  readonly Introduction?: string | undefined;
  readonly Notification?: string | undefined;
  readonly FaceUrl?: string | undefined;
}

/** The four texts of a profile, those that a request has. */
export function profileTexts(name: string | undefined, body: WireTexts): ProfileTexts {
  const { Introduction, Notification, FaceUrl } = body;
  return {
    ...(name === undefined ? {} : { name }),
    ...(Introduction === undefined ? {} : { introduction: Introduction }),
    ...(Notification === undefined ? {} : { notification: Notification }),
    ...(FaceUrl === undefined ? {} : { faceUrl: FaceUrl }),
  };
}

/** The three longer texts of a new profile, empty where a request does not have them. */
export function newTexts(body: WireTexts): { introduction: string; notification: string; faceUrl: string } {
  return {
    introduction: body.Introduction ?? "",
    notification: body.Notification ?? "",
    faceUrl: body.FaceUrl ?? "",
  };
}
