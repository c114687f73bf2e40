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
  readonly const?: unknown;
  /** Objects of which it is one, told apart by a property that is another `const` in each. */
  readonly oneOf?: readonly SchemaNode[];
  /** A text that must not be shown. */
  readonly secret?: boolean;
  /** A text that `<name>File` may name a file for, as for every secret. */
  readonly fromFile?: boolean;
}

export function schemaTree(schema: z.ZodType): SchemaNode {
  return withVariants(z.toJSONSchema(schema, { io: "input" }) as SchemaNode);
}

/** Gives what is one of several objects the properties of all, so that it can be gone through by paths alone. */
function withVariants(node: SchemaNode): SchemaNode {
  const variants = node.oneOf?.map(withVariants) ?? [];
  const properties: Record<string, SchemaNode> = {};
  for (const { properties: own = {} } of [node, ...variants]) {
    for (const [key, child] of Object.entries(own)) properties[key] = both(properties[key], withVariants(child));
  }
  return {
    ...node,
    ...(Object.keys(properties).length > 0 && { properties }),
    ...(node.items && { items: withVariants(node.items) }),
    ...(variants.length > 0 && { type: "object", oneOf: variants }),
  };
}

/** A property of two variants: it means the same in both, but where it tells them apart. */
function both(one: SchemaNode | undefined, other: SchemaNode): SchemaNode {
  if (!one || other.const === undefined) return one ?? other;
  return { type: "string", enum: [...(one.enum ?? [one.const]), other.const] };
}

/** What a value that is one of several objects is, as far as can be told; the node itself where it is not of these. */
export function variantOf(node: SchemaNode | undefined, value: unknown): SchemaNode | undefined {
  if (typeof value !== "object" || value === null) return node;
  const given = new Map(Object.entries(value));
  const fits = ({ properties = {} }: SchemaNode): boolean =>
    Object.entries(properties).every(([key, child]) => child.const === undefined || given.get(key) === child.const);
  return node?.oneOf?.find(fits) ?? node;
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
