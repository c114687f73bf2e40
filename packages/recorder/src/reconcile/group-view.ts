/** A group as one of the two sides sees it. What a side does not tell of is `undefined`. */
export interface GroupView {
  readonly groupId: string;
  readonly type: string | undefined;
  readonly texts: Readonly<Record<TextField, string | undefined>>;
  readonly owner: string | undefined;
  /** By user id. */
  readonly members: ReadonlyMap<string, MemberView> | undefined;
  /** Names by topic id. */
  readonly topics: ReadonlyMap<string, string> | undefined;
  readonly customFields: ReadonlyMap<string, string> | undefined;
}

export interface MemberView {
  readonly role: string;
  readonly nameCard: string;
}

/** Texts of a group, and how the wire calls them. */
export const textFields = {
  name: "Name",
  introduction: "Introduction",
  notification: "Notification",
  faceUrl: "FaceUrl",
} as const;

export type TextField = keyof typeof textFields;
