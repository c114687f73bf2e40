import type { AnswerOf } from "./call.ts";

/** An app as the admin API shows it. */
export type AppView = AnswerOf<"listApps">["apps"][number];
