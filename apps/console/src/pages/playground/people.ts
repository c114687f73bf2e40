import { createAppUser, type AppUser } from "./app-user.ts";

/** The two who act in the playground. */
export interface People {
  readonly sdkAppId: number;
  readonly left: AppUser;
  readonly right: AppUser;
}

let present: People | undefined;

/** The two of an app. They stay as they are while other pages are looked at; those of another app are logged out. */
export function peopleOf(sdkAppId: number): People {
  if (present?.sdkAppId === sdkAppId) return present;
  void present?.left.logOut();
  void present?.right.logOut();
  present = { sdkAppId, left: createAppUser(sdkAppId, "leckie"), right: createAppUser(sdkAppId, "peter") };
  return present;
}
