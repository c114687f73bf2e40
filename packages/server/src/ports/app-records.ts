/** What is kept of an app beyond the configuration file. */
export interface AppRecord {
  readonly sdkAppId: number;
  /** What the kept changes are made to: the app of the configuration file, or nothing. */
  readonly base: "file" | "none";
  /** The changes, encrypted. */
  readonly sealed: string;
}

/**
 * Where an app is on its way between stores: it is coming, and a part of it is here; all of it is there, and nobody has
 * known it here yet; it is leaving for another store, or has left.
 */
export type AppMove = "coming" | "there" | "leaving";

/** The changes to apps that were made while the server ran, kept. */
export interface AppRecords {
  all(): Promise<AppRecord[]>;
  /**
   * Replaces the app's record that is sealed as `before`, or adds one where there is none; resolves once it is on disk.
   * Whether that was still so: another node may have changed the app.
   */
  put(record: AppRecord, before: string | undefined): Promise<boolean>;
  /** Removes the app's record, if it is still sealed as `before`; whether it was. */
  remove(sdkAppId: number, before: string): Promise<boolean>;
  /** The apps that are not simply here. Those that were leaving and whose move has ended before its time are not among them. */
  moves(): Promise<ReadonlyMap<number, AppMove>>;
  /** An app that has come is known here from now on, like any other. */
  settled(sdkAppId: number): Promise<void>;
}
