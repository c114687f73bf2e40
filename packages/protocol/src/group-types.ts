/** The kinds of groups, by the names that Tencent's documents use today. */
export const groupTypes = ["Work", "Public", "Meeting", "AVChatRoom", "Community"] as const;
export type GroupType = (typeof groupTypes)[number];

/** Two kinds were renamed, and the wire still speaks of them by their old names. */
const oldNames: Partial<Record<GroupType, string>> = { Work: "Private", Meeting: "ChatRoom" };

const byAnyName = new Map<string, GroupType>([
  ...groupTypes.map((type) => [type, type] as const),
  ...groupTypes.flatMap((type) => (oldNames[type] ? [[oldNames[type], type] as const] : [])),
]);

/** The kind of group that a name stands for, old or new (`Private` is `Work`), or `undefined`. */
export function parseGroupType(name: string): GroupType | undefined {
  return byAnyName.get(name);
}

/** Every name that `parseGroupType` knows, for messages. */
export const groupTypeNames: readonly string[] = [...byAnyName.keys()];

/** The kind's name from before the renaming: `Work` is `Private`, `Meeting` is `ChatRoom`. */
export function oldTypeName(type: GroupType): string {
  return oldNames[type] ?? type;
}
