import { fileText, secretText, settings } from "@muster/foundation";
import { callbackCommands } from "@muster/protocol";
import * as z from "zod";

import { subjectPattern } from "./nats/subject.ts";
import { tablePattern } from "./postgres/event-table.ts";

const MAX_SINKS = 100;
/** A little less than an hour in all, in s. */
export const USUAL_DELAYS: readonly number[] = [1, 5, 30, 120, 600, 1_800];

const known: ReadonlySet<string> = new Set(callbackCommands);

const command = z
  .string()
  .regex(/^[A-Za-z]+\.[A-Za-z]+$/)
  .meta({ description: "a callback's command, such as Group.CallbackAfterGroupDestroyed" })
  .refine(
    (name) => known.has(name) || !name.startsWith("Group."),
    "is no command of a group's callback: check its spelling (docs/contract/callbacks.md has them all)",
  );

/** What every sink is set to. */
const common = {
  name: z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/)
    .meta({
      description:
        "a name of letters, digits, - and _, at most 64, by which the sink is known: one with another name begins anew",
    }),
  from: z
    .enum(["beginning", "now"])
    .default("beginning")
    .meta({ description: "where a new sink begins: beginning (of the journal) or now" }),
  sdkAppIds: z
    .array(settings.sdkAppId)
    .min(1)
    .optional()
    .meta({ description: "the apps that it is for; all if absent" }),
  commands: z.array(command).min(1).optional().meta({ description: "the callbacks that it is for; all if absent" }),
  retry: z
    .array(z.number().min(0.01).max(86_400))
    .min(1)
    .max(20)
    .default([...USUAL_DELAYS])
    .meta({
      description: "how many seconds to wait after an event's first failure, its second …; then it is a dead letter",
    }),
};

const httpSink = z.strictObject({
  type: z.literal("http"),
  ...common,
  url: z
    .url({ protocol: /^https?$/ })
    .refine((url) => !/^https?:\/\/[^/?#]*@/i.test(url), "must have no user in it: use authorization")
    // There may be a token in it.
    .meta({ description: "an http or https URL", secret: true }),
  secret: secretText("whsec_ and at least 24 bytes in base64, the key of Standard Webhooks")
    .regex(/^whsec_(?:[A-Za-z0-9+/]{4}){8,21}(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/)
    .optional(),
  authorization: secretText("what is sent as the authorization header, such as Bearer and a token")
    .regex(/^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/)
    .optional(),
  concurrency: z.int().min(1).max(256).default(8).meta({ description: "most requests at a time, from 1 to 256" }),
});

const fileSink = z.strictObject({
  type: z.literal("file"),
  ...common,
  folder: z.string().min(1).meta({ description: "the path of a folder that is the sink's alone" }),
  rotateMegabytes: z
    .number()
    .min(0.001)
    .max(1_000_000)
    .default(100)
    .meta({ description: "another file is begun once one has so many MiB" }),
  rotateHours: z
    .number()
    .min(0.001)
    .max(87_600)
    .default(24)
    .meta({ description: "another file is begun once one is so many hours old" }),
});

const postgresSink = z.strictObject({
  type: z.literal("postgres"),
  ...common,
  database: secretText("postgres://user:password@host:port/database").regex(/^postgres(?:ql)?:\/\/.+/),
  table: z.string().regex(tablePattern).default("muster_events").meta({
    description: "a table's name of small letters, digits and _, with a schema's and a dot before it if need be",
  }),
});

const natsSink = z.strictObject({
  type: z.literal("nats"),
  ...common,
  servers: z
    .array(z.string().regex(/^(?:(?:nats|tls):\/\/)?[^\s/@]+$/))
    .min(1)
    .meta({ description: "addresses such as nats://127.0.0.1:4222; who connects is not part of them" }),
  subject: z
    .string()
    .regex(subjectPattern)
    .default("muster.{sdkAppId}.{type}")
    .meta({ description: "a subject, in which {sdkAppId}, {type} and {groupId} stand for the event's" }),
  user: z.string().min(1).optional(),
  password: secretText("the user's password").optional(),
  token: secretText("the token that NATS lets in").optional(),
  credentials: secretText("the content of a .creds file").optional(),
  ca: fileText("certificates of authorities (PEM), with which TLS is insisted on").optional(),
});

const kafkaSink = z.strictObject({
  type: z.literal("kafka"),
  ...common,
  brokers: z
    .array(z.string().regex(/^[^\s:/@]+:\d{1,5}$/))
    .min(1)
    .meta({ description: "addresses such as kafka.example.com:9092" }),
  topic: z
    .string()
    .regex(/^[A-Za-z0-9._-]{1,249}$/)
    .meta({ description: "a topic's name of letters, digits, ., _ and -, at most 249" }),
  sasl: z
    .strictObject({
      mechanism: z.enum(["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"]),
      username: z.string().min(1),
      password: secretText("the user's password"),
    })
    .optional(),
  tls: z
    .strictObject({ ca: fileText("certificates of authorities (PEM), in place of the public ones").optional() })
    .optional(),
});

/** One sink of the configuration file. */
const sink = z.discriminatedUnion("type", [httpSink, fileSink, postgresSink, natsSink, kafkaSink]);

/** The `recorder.sinks` of the configuration file. */
export const sinksSection = z
  .array(sink)
  .max(MAX_SINKS)
  .superRefine((sinks, context) => {
    const refuse = (i: number, key: string, input: string, message: string): void =>
      context.addIssue({ code: "custom", path: [i, key], input, message });
    const names = new Set<string>();
    const folders = new Set<string>();
    for (const [i, one] of sinks.entries()) {
      if (names.has(one.name)) refuse(i, "name", one.name, "must be another: two sinks cannot share one");
      names.add(one.name);
      if (one.type !== "file") continue;
      if (folders.has(one.folder)) refuse(i, "folder", one.folder, "must be another: two sinks cannot share one");
      folders.add(one.folder);
    }
  });

export type SinkSettings = z.output<typeof sink>;
