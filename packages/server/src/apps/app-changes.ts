import { pathText, problemsOf, schemaTree, StartError } from "@muster/foundation";

import { appSettings, type AppSettings } from "../config.ts";
import type { AppRecord } from "../ports/app-records.ts";
import { diffPatch, mergePatch } from "./merge-patch.ts";
import type { AppState, PreviousSecret, RegisteredApp } from "./registered-app.ts";

/** What a record holds once it is opened: how an app differs from what it is based on. */
export interface AppChanges {
  /** A JSON merge patch over the settings; `null` where the app is deleted. */
  readonly patch: Readonly<Record<string, unknown>> | null;
  readonly previousSecretKeys: readonly PreviousSecret[];
  readonly previousTokens: readonly PreviousSecret[];
}

const tree = schemaTree(appSettings);

/** How a state differs from the file's settings, or from nothing; `undefined` where it does not. */
export function changesOf(file: AppSettings | undefined, state: AppState | undefined): AppChanges | undefined {
  if (!state) return file && { patch: null, previousSecretKeys: [], previousTokens: [] };
  const { settings, previousSecretKeys, previousTokens } = state;
  const patch = diffPatch(file ?? {}, settings);
  const isSame = Object.keys(patch).length === 0 && previousSecretKeys.length === 0 && previousTokens.length === 0;
  return isSame ? undefined : { patch, previousSecretKeys, previousTokens };
}

/**
 * What changes make of the file's settings, or of nothing; `undefined` where the app is deleted.
 * @throws {StartError} `SETTINGS_UNUSABLE` where the two do not fit one another any more
 */
export function applyChanges(
  { sdkAppId, base }: AppRecord,
  file: AppSettings | undefined,
  { patch, previousSecretKeys, previousTokens }: AppChanges,
): RegisteredApp | undefined {
  if (patch === null) return undefined;
  const merged = mergePatch(base === "file" ? file : {}, patch);
  const { data, error } = appSettings.safeParse(merged, { reportInput: true });
  if (data)
    return {
      settings: data,
      previousSecretKeys,
      previousTokens,
      source: base === "file" ? "file" : "api",
      changed: true,
    };
  const problems = problemsOf(error, tree, pathText(["the app"]));
  const list = problems.map(({ path, allowed }) => `${path} ${allowed}`).join("; ");
  throw new StartError(
    "SETTINGS_UNUSABLE",
    `What the admin API changed of the app ${sdkAppId} does not fit the configuration file any more (${list}): ` +
      "give the app in the file again what it had there.",
  );
}
