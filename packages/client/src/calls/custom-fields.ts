/** A custom field of a group or a member. */
export interface CustomField {
  readonly key: string;
  readonly value: string;
}

export function fieldsOf(list: readonly CustomField[]): Record<string, string> {
  return Object.fromEntries(list.map(({ key, value }) => [key, value]));
}

export function listOf(fields: Readonly<Record<string, string>>): CustomField[] {
  return Object.entries(fields).map(([key, value]) => ({ key, value }));
}
