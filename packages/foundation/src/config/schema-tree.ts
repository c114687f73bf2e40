import * as z from "zod";

/**
 * A configuration's schema as a plain tree (JSON Schema), which is what environment variables and messages are
 * matched against.
 */
export interface SchemaNode {
  readonly type?: string;
  readonly description?: string;
  readonly properties?: Readonly<Record<string, SchemaNode>>;
  readonly items?: SchemaNode;
  readonly enum?: readonly unknown[];
  /** A text that must not be shown. */
  readonly secret?: boolean;
  /** A text that `<name>File` may name a file for, as for every secret. */
  readonly fromFile?: boolean;
}

export function schemaTree(schema: z.ZodType): SchemaNode {
  return z.toJSONSchema(schema, { io: "input" }) as SchemaNode;
}

/** Marks a text as a secret: never printed, and readable from a file through `<name>File`. */
export function secretText(allowed: string): z.ZodString {
  return z.string().min(1).meta({ description: allowed, secret: true });
}

/** Marks a text as one that is readable from a file through `<name>File`. */
export function fileText(allowed: string): z.ZodString {
  return z.string().min(1).meta({ description: allowed, fromFile: true });
}

/** Whether `<name>File` may name a file for it. */
export function isFromFile({ secret, fromFile }: SchemaNode): boolean {
  return secret === true || fromFile === true;
}

/** The node at a path, `undefined` where the schema has none. */
export function nodeAt(root: SchemaNode, path: readonly PropertyKey[]): SchemaNode | undefined {
  let node: SchemaNode | undefined = root;
  for (const part of path) node = typeof part === "number" ? node?.items : node?.properties?.[String(part)];
  return node;
}

/** `apps[0].callback.url` */
export function pathText(path: readonly PropertyKey[]): string {
  return path
    .map((part, i) => (typeof part === "number" ? `[${part}]` : `${i > 0 ? "." : ""}${String(part)}`))
    .join("");
}
