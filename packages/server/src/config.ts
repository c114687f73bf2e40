import { settings, secretText, type LogLevel, type TlsFiles } from "@muster/foundation";
import {
  callbackCommands,
  callbackRow,
  callbackSwitches,
  defaultProfile,
  isCallbackCommand,
  USER_ID_MAX_BYTES,
  type CallbackCommand,
} from "@muster/protocol";
import * as z from "zod";

import type { App, CallbackSettings } from "./app-settings.ts";
import { defaultQuantities } from "./group/quantities.ts";
import { quantities, rates } from "./quantity-settings.ts";
import { callbackUrlProblems } from "./callback-url-rules.ts";
import { forbiddenLiteral } from "./forbidden-literal.ts";
import { networks } from "./network-settings.ts";
import { callbackTls } from "./tls-settings.ts";

/** Most administrators of an app, and most custom fields of its groups and of their members. */
const MAX_ADMINISTRATORS = 10;
const MAX_CUSTOM_FIELDS = 10;
const MAX_MEMBER_CUSTOM_FIELDS = 5;

/** Fewest characters of the key that changed settings are encrypted with: what 16 random bytes are in hex. */
const MIN_KEY_LENGTH = 32;

const switchName = z.string().superRefine((name, context) => {
  if (!isCallbackCommand(name)) {
    context.addIssue({ code: "custom", message: `must be one of ${callbackSwitches.join(", ")}` });
    return;
  }
  const own = callbackRow(name).switch;
  if (own !== name)
    context.addIssue({ code: "custom", message: `has no switch of its own: use ${own}, which turns it on as well` });
});

const callbackUrl = z.string().superRefine((text, context) => {
  for (const message of callbackUrlProblems(text)) context.addIssue({ code: "custom", message });
});

const delay = z.number().min(1).max(86_400).meta({ description: "a number of seconds from 1 to 86400" });
const concurrency = z.int().min(1).max(256).meta({ description: "a number from 1 to 256" });
const attemptRate = z.int().min(1).max(100_000).meta({ description: "a number from 1 to 100000" });

const callback = z.strictObject({
  url: callbackUrl,
  token: secretText("the token that callbacks are signed with").max(128).optional(),
  allowPrivateNetwork: z.boolean().default(false),
  allowNetworks: networks.default([]),
  tls: callbackTls.optional(),
  beforeTimeout: z.enum(["allow", "refuse"]).default("allow"),
  retry: z
    .union([z.enum(["standard", "tencent", "none"]), z.array(delay).min(1).max(20)])
    .default("standard")
    .meta({
      description:
        "when a callback that could not be delivered is tried again: standard (for three days), tencent (after timeouts only), none, or the delays in seconds",
    }),
  concurrency: concurrency.default(64),
  rate: attemptRate.optional(),
  switches: z.array(switchName).default([]),
});

const customFieldKey = z
  .string()
  .regex(/^[A-Za-z_][A-Za-z0-9_]{0,15}$/)
  .meta({ description: "a key of at most 16 letters, digits and _, not beginning with a digit" });

const userId = z
  .string()
  .min(1)
  .max(USER_ID_MAX_BYTES)
  .meta({ description: `a user's id of 1 to ${USER_ID_MAX_BYTES} characters` });

const userIds = z
  .array(userId)
  .min(1)
  .max(MAX_ADMINISTRATORS)
  .meta({ description: `a list of 1 to ${MAX_ADMINISTRATORS} users' ids` });

function keysUpTo(most: number) {
  return z
    .array(customFieldKey)
    .max(most)
    .meta({ description: `a list of at most ${most} keys` });
}

/** What an app is set to: one app of the configuration file, and what the admin API takes. */
export const appSettings = z.strictObject({
  sdkAppId: settings.sdkAppId,
  name: z.string().default(""),
  secretKey: secretText("the key that UserSigs are signed with"),
  administrators: userIds.default(["administrator"]),
  features: z
    .strictObject({ community: z.boolean().default(false), topic: z.boolean().default(false) })
    .default({ community: false, topic: false }),
  groupCustomFields: keysUpTo(MAX_CUSTOM_FIELDS).default([]),
  memberCustomFields: keysUpTo(MAX_MEMBER_CUSTOM_FIELDS).default([]),
  profile: z
    .strictObject({
      eventTime: z.enum(["number", "string"]).default(defaultProfile.eventTime),
      typeNames: z.enum(["old", "new"]).default(defaultProfile.typeNames),
    })
    .default(defaultProfile),
  quantities: quantities.default(defaultQuantities),
  rates: rates.optional(),
  callback: callback.optional(),
});

export type AppSettings = z.output<typeof appSettings>;

/**
 * Says so where settings have a callback URL that nothing would ever be sent to. Of settings that are kept already it is not
 * asked: what they were allowed may have changed since, and a server starts all the same.
 */
export function refuseForbiddenAddress(
  { callback: set }: Pick<AppSettings, "callback">,
  context: z.RefinementCtx,
): void {
  // Of what cannot be read nothing more is said.
  if (context.issues.some(({ path = [] }) => path[0] === "callback")) return;
  const message = set && forbiddenLiteral(set.url, set);
  if (message !== undefined) context.addIssue({ code: "custom", path: ["callback", "url"], input: set?.url, message });
}

/** The `apps` of the configuration file. */
export const appsSection = z
  .array(appSettings.superRefine(refuseForbiddenAddress))
  .min(1)
  .superRefine((apps, context) => {
    const seen = new Set<number>();
    for (const [i, { sdkAppId }] of apps.entries()) {
      if (seen.has(sdkAppId)) {
        context.addIssue({
          code: "custom",
          path: [i, "sdkAppId"],
          input: sdkAppId,
          message: "must be another: two apps cannot share one",
        });
      }
      seen.add(sdkAppId);
    }
  });

const encryptionKey = secretText(
  `the key that apps' changed settings are encrypted with: any text of at least ${MIN_KEY_LENGTH} characters`,
).min(MIN_KEY_LENGTH);

const days = z.number().min(0.01).max(36_500);

const retention = z
  .strictObject({
    callbackDays: days.default(30).meta({ description: "for how many days callbacks are kept once they are settled" }),
    deadLetterDays: days.default(90).meta({ description: "the same for those that were given up; at least as many" }),
  })
  .superRefine(({ callbackDays, deadLetterDays }, context) => {
    if (deadLetterDays >= callbackDays) return;
    context.addIssue({
      code: "custom",
      path: ["deadLetterDays"],
      input: deadLetterDays,
      message: "must be at least callbackDays: what was not delivered is needed longest",
    });
  });

/** The `server` of the configuration file. */
export const serverSection = z
  .strictObject({
    host: settings.host.default("127.0.0.1"),
    port: settings.port.default(9000),
    store: settings.sharedStore.default("sqlite:.muster/server.db"),
    replica: settings.replica.optional(),
    adminToken: secretText("the bearer token of the admin API").optional(),
    encryptionKey: encryptionKey.optional(),
    previousEncryptionKey: encryptionKey.optional(),
    tls: settings.tls.optional(),
    retention: retention.prefault({}),
    connectionsPerAddress: z.int().min(1).max(10_000).optional().meta({
      description: "most connections from one address that is not this machine's own: 1000 where it is absent",
    }),
    logLevel: settings.logLevel.default("info"),
  })
  .superRefine(settings.replicaProblems);

/** What the server is started with: complete, every default filled in. */
export interface ServerConfig {
  readonly host: string;
  readonly port: number;
  readonly store: string;
  /** A replica of the store that is read as well. */
  readonly replica?: string | undefined;
  readonly tls?: TlsFiles | undefined;
  /** Most connections from one address that is not the machine's own. */
  readonly connectionsPerAddress?: number | undefined;
  readonly logLevel: LogLevel;
  /** The bearer token of the admin API, which is off without. */
  readonly adminToken?: string | undefined;
  /** What changed settings are encrypted with; absent, a key file beside the store holds one. */
  readonly encryptionKey?: string | undefined;
  /** What they were encrypted with before. */
  readonly previousEncryptionKey?: string | undefined;
  /** How long callbacks are kept. */
  readonly retention: { readonly callbackDays: number; readonly deadLetterDays: number };
  readonly apps: readonly AppSettings[];
}

/** Makes the server's configuration of the two sections that concern it. */
export function serverConfig(server: z.output<typeof serverSection>, apps: z.output<typeof appsSection>): ServerConfig {
  return Object.freeze({ ...server, apps });
}

/** Secrets that still count beside the current ones, for the time of a rotation. */
export interface PreviousSecrets {
  readonly secretKeys: readonly string[];
  readonly tokens: readonly string[];
}

/** The app that settings make. */
export function toApp(settingsOf: AppSettings, previous: PreviousSecrets = { secretKeys: [], tokens: [] }): App {
  const { sdkAppId, name, secretKey, administrators, features, groupCustomFields, memberCustomFields, profile } =
    settingsOf;
  return Object.freeze({
    sdkAppId,
    name,
    secretKeys: [secretKey, ...previous.secretKeys],
    administrators: new Set(administrators),
    features,
    groupCustomFields: new Set(groupCustomFields),
    memberCustomFields: new Set(memberCustomFields),
    profile,
    quantities: settingsOf.quantities,
    rates: settingsOf.rates,
    callback: settingsOf.callback && toCallback(settingsOf.callback, previous.tokens),
  });
}

function toCallback(
  { switches, token, rate, tls, ...rest }: z.output<typeof callback>,
  previousTokens: readonly string[],
): CallbackSettings {
  return { ...rest, token, rate, tls, previousTokens, enabled: enabledBy(switches) };
}

/** The callbacks that a list of switches turns on: their own, and those that share them. */
function enabledBy(switches: readonly string[]): ReadonlySet<CallbackCommand> {
  return new Set(callbackCommands.filter((command) => switches.includes(callbackRow(command).switch)));
}
