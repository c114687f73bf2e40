import { readFileSync } from "node:fs";

const guide = readFileSync(new URL("../../docs/guides/receiver.md", import.meta.url), "utf8");

/** What the guide for receivers tells people to run so that dead letters are handled again. */
export const deadLettersAgain = /^UPDATE muster_inbox .*;$/m.exec(guide)?.[0] ?? "the guide does not say";
