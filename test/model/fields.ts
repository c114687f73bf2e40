import type { Fields, Group } from "./world.ts";

export function pick(fields: Fields, names: readonly string[] = []): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([name]) => names.includes(name)));
}

export function textsOf(
  Name: string,
  given: Partial<Record<"Introduction" | "Notification" | "FaceUrl", string | undefined>>,
) {
  const { Introduction = "", Notification = "", FaceUrl = "" } = given;
  return { Name, Introduction, Notification, FaceUrl };
}

/** Changes those of the texts that are given and differ, and returns them, if there are any. */
export function changeTexts(
  texts: Group["texts"],
  given: { readonly [N in keyof Group["texts"]]?: string | undefined },
): Fields | undefined {
  const changed: Fields = {};
  for (const name of ["Name", "Introduction", "Notification", "FaceUrl"] as const) {
    const text = given[name];
    if (text === undefined || text === texts[name]) continue;
    texts[name] = text;
    changed[name] = text;
  }
  return Object.keys(changed).length > 0 ? changed : undefined;
}

export type KeyValues = readonly { readonly Key: string; readonly Value: string }[];

export function unknownKeys(fields: KeyValues | undefined, known: readonly string[]): boolean {
  return fields?.some(({ Key }) => !known.includes(Key)) ?? false;
}

/** An empty value deletes a field. */
export function changeFields(fields: Map<string, string>, changes: KeyValues = []): void {
  for (const { Key, Value } of changes) {
    if (Value === "") fields.delete(Key);
    else fields.set(Key, Value);
  }
}

export function keyValues(fields: Map<string, string>, names?: readonly string[]): Fields[] {
  return [...fields].filter(([Key]) => names?.includes(Key) ?? true).map(([Key, Value]) => ({ Key, Value }));
}
