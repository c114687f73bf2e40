import { toApp, type AppSettings } from "../config.ts";
import type { App } from "../app-settings.ts";

/** A secret that another has taken the place of. */
export interface PreviousSecret {
  readonly value: string;
  /** ms since 1970: from then on it does not count any more. */
  readonly until: number;
}

/** What an app is at a time: its settings, and the secrets that still count beside those in them. */
export interface AppState {
  readonly settings: AppSettings;
  readonly previousSecretKeys: readonly PreviousSecret[];
  readonly previousTokens: readonly PreviousSecret[];
}

/** An app as it is registered. */
export interface RegisteredApp extends AppState {
  /** Whether the configuration file has it, or the admin API has made it. */
  readonly source: "file" | "api";
  /** Whether it is other than the configuration file says. */
  readonly changed: boolean;
}

/** Those that still count at a time, ms since 1970. */
export function stillCounting(secrets: readonly PreviousSecret[], now: number): PreviousSecret[] {
  return secrets.filter(({ until }) => now < until);
}

/** The app that a state makes at a time, and until when it is that: ms since 1970. */
export function appAt(state: AppState, now: number): { readonly app: App; readonly until: number } {
  const keys = stillCounting(state.previousSecretKeys, now);
  const tokens = stillCounting(state.previousTokens, now);
  const previous = { secretKeys: keys.map(({ value }) => value), tokens: tokens.map(({ value }) => value) };
  return {
    app: toApp(state.settings, previous),
    until: Math.min(Infinity, ...[...keys, ...tokens].map(({ until }) => until)),
  };
}
