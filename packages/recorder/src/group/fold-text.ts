import * as z from "zod";

import { newDraft } from "./draft.ts";
import type { GroupFold } from "./group-fold.ts";
import { createSequenceLedger } from "./sequence-ledger.ts";

const maybe = <T extends z.ZodType>(schema: T) => schema.optional();
const entries = <T extends z.ZodType>(value: T) => z.array(z.tuple([z.string(), value]));
const textName = z.enum(["type", "name", "introduction", "notification", "faceUrl", "owner"]);

const written = z.object({
  phase: z.enum(["UNKNOWN", "THERE", "DISBANDED"]),
  life: z.number(),
  createdAt: maybe(z.number()),
  disbandedAt: maybe(z.number()),
  full: z.boolean(),
  texts: z.array(z.tuple([textName, z.string()])),
  customFields: entries(z.string()),
  attributes: entries(z.string()),
  members: z.array(
    z
      .object({ userId: z.string(), role: z.string(), nameCard: maybe(z.string()), joinedAt: maybe(z.number()) })
      .transform(({ userId, role, nameCard, joinedAt }) => ({ userId, role, nameCard, joinedAt })),
  ),
  topics: z.array(z.object({ topicId: z.string(), name: z.string(), createdAt: z.number() })),
  told: entries(z.number().nullable()),
  came: z.array(z.object({ from: z.number(), to: z.number() })),
});

/** A fold as text, to be kept and gone on with later. */
export function foldText({ draft, ledger }: GroupFold): string {
  const { phase, life, createdAt, disbandedAt, full } = draft;
  const all: z.input<typeof written> = {
    phase,
    life,
    createdAt,
    disbandedAt,
    full,
    texts: [...draft.texts],
    customFields: [...draft.customFields],
    attributes: [...draft.attributes],
    members: [...draft.members.values()],
    topics: [...draft.topics.values()],
    // What was told without a time has none that JSON knows.
    told: [...draft.told].map(([aspect, newest]) => [aspect, Number.isFinite(newest) ? newest : null]),
    came: [...ledger.came()],
  };
  return JSON.stringify(all);
}

/**
 * The fold that `foldText` has made a text of.
 * @throws where the text is something else
 */
export function foldOfText(text: string): GroupFold {
  const read = written.parse(JSON.parse(text));
  const draft = newDraft();
  const { phase, life, createdAt, disbandedAt, full } = read;
  Object.assign(draft, { phase, life, createdAt, disbandedAt, full });
  for (const [name, value] of read.texts) draft.texts.set(name, value);
  for (const [key, value] of read.customFields) draft.customFields.set(key, value);
  for (const [key, value] of read.attributes) draft.attributes.set(key, value);
  for (const member of read.members) draft.members.set(member.userId, member);
  for (const topic of read.topics) draft.topics.set(topic.topicId, topic);
  for (const [aspect, newest] of read.told) draft.told.set(aspect, newest ?? Number.NEGATIVE_INFINITY);
  return { draft, ledger: createSequenceLedger(read.came) };
}
