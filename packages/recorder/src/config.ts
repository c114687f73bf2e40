import { secretText, settings } from "@muster/foundation";
import * as z from "zod";

import { sinksSection } from "./sinks/sink-settings.ts";

/** Paths that the recorder answers itself: callbacks cannot be posted there. */
const ownPaths = /^\/(?:v1|healthz|readyz|metrics)(?:\/|$)/;

const app = z
  .strictObject({
    sdkAppId: settings.sdkAppId,
    token: secretText("the token that the app's callbacks are signed with").optional(),
    previousToken: secretText("the token that another is taking over from: it is taken as well").optional(),
  })
  .refine(({ token, previousToken }) => previousToken === undefined || token !== undefined, {
    path: ["previousToken"],
    message: "must stand beside a token: alone it would be the token",
  });

/** The `recorder` section of the configuration; every default of the recorder's stands here. */
export const recorderSection = z
  .strictObject({
    host: settings.host.default("127.0.0.1"),
    port: settings.port.default(9100),
    path: z
      .string()
      .regex(/^\/[A-Za-z0-9._~/-]*$/)
      .meta({ description: "a path that begins with / and consists of letters, digits and . _ ~ / -" })
      .refine((path) => !ownPaths.test(path), "is one that the recorder answers itself: choose another")
      .default("/callback"),
    store: settings.sharedStore.default("sqlite:.muster/recorder.db"),
    replica: settings.replica.optional(),
    adminToken: secretText(
      "the bearer token of /v1 and /metrics; without one everybody who reaches them is let in",
    ).optional(),
    apps: z
      .array(app)
      .min(1)
      .meta({ description: "a list of at least one app" })
      .refine(
        (apps) => new Set(apps.map(({ sdkAppId }) => sdkAppId)).size === apps.length,
        "must name each sdkAppId once",
      ),
    retention: z
      .strictObject({
        eventDays: z
          .number()
          .min(0.01)
          .max(36_500)
          .optional()
          .meta({ description: "for how many days events are kept; for ever where it is absent" }),
      })
      .prefault({}),
    mirror: z
      .boolean()
      .default(true)
      .meta({ description: "whether groups, members and topics are kept as tables too" }),
    sinks: sinksSection.default([]),
    tls: settings.tls.optional(),
    logLevel: settings.logLevel.default("info"),
  })
  .superRefine(settings.replicaProblems);

/** A complete configuration of the recorder. */
export type RecorderConfig = z.output<typeof recorderSection>;
