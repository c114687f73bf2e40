import type { ProfileTexts } from "../../group/group-events.ts";

/** The texts of a profile that a request has. */
export function givenTexts(body: { readonly [K in keyof ProfileTexts]?: string | undefined }): ProfileTexts {
  const { name, introduction, notification, faceUrl } = body;
  return {
    ...(name === undefined ? {} : { name }),
    ...(introduction === undefined ? {} : { introduction }),
    ...(notification === undefined ? {} : { notification }),
    ...(faceUrl === undefined ? {} : { faceUrl }),
  };
}

/** The longer texts of a new profile, empty where a request does not have them. */
export function newTexts(body: {
  readonly introduction?: string | undefined;
  readonly notification?: string | undefined;
  readonly faceUrl?: string | undefined;
}): Required<Omit<ProfileTexts, "name">> {
  return {
    introduction: body.introduction ?? "",
    notification: body.notification ?? "",
    faceUrl: body.faceUrl ?? "",
  };
}
