import { useCallback, useEffect, useState } from "react";

import { ApiError, callVersioned, type InputOf } from "../../api/call.ts";
import type { AppView } from "../../api/app-view.ts";
import { connection } from "../../api/connection.ts";

/** A merge patch to an app's settings. */
export type AppPatch = NonNullable<InputOf<"changeApp">["body"]>;

/** Which app is changed, in which version: where there is a newer one, nothing is. */
export interface Version {
  readonly path: { readonly sdkAppId: number };
  readonly ifMatch: string | undefined;
}

/** An app in the version that is shown, and how it is changed. */
export interface Settings {
  readonly app: AppView;
  readonly version: Version;
  /**
   * Carries out an operation that changes the app, and shows what it made of it. Where somebody else changed the app
   * meanwhile nothing is done, and what they made of it is shown.
   * @throws {ApiError} `precondition-failed` in that case
   */
  run<A extends { readonly app: AppView }>(
    operation: (version: Version) => Promise<{ readonly answer: A; readonly etag: string | undefined }>,
  ): Promise<A>;
  /** Changes what a patch names. */
  change(patch: AppPatch): Promise<{ readonly cancelledCallbacks: number }>;
}

type Loaded = { readonly app: AppView; readonly etag: string | undefined };

/** Why an app could not be read, and a way to try again. */
export interface Unread {
  readonly error: ApiError;
  retry(): void;
}

/** Reads an app with its version; `onChanged` is called after each change. */
export function useSettings(sdkAppId: number, onChanged: () => void): Settings | Unread | undefined {
  const [loaded, setLoaded] = useState<Loaded | ApiError>();

  const load = useCallback((): void => {
    readVersioned(sdkAppId).then(setLoaded, (error: unknown) => {
      const told = error instanceof ApiError ? error : new ApiError("internal", String(error));
      // What is shown stays, with whatever was typed.
      setLoaded((before) => (before && !(before instanceof ApiError) ? before : told));
    });
  }, [sdkAppId]);

  useEffect(() => {
    load();
    return connection.subscribe(() => {
      if (connection.get() === "works") load();
    });
  }, [load]);

  if (!loaded) return undefined;
  if (loaded instanceof ApiError) return { error: loaded, retry: load };
  const { app, etag } = loaded;
  const version = { path: { sdkAppId }, ifMatch: etag };
  const run: Settings["run"] = async (operation) => {
    try {
      const done = await operation(version);
      setLoaded({ app: done.answer.app, etag: done.etag });
      onChanged();
      return done.answer;
    } catch (error) {
      if (error instanceof ApiError && error.code === "precondition-failed") setLoaded(await readVersioned(sdkAppId));
      throw error;
    }
  };
  return { app, version, run, change: (body) => run((now) => callVersioned("changeApp", { ...now, body })) };
}

async function readVersioned(sdkAppId: number): Promise<Loaded> {
  const { answer, etag } = await callVersioned("readApp", { path: { sdkAppId } });
  return { app: answer.app, etag };
}
