import { useState } from "react";

import { ApiError } from "../api/call.ts";

/** A list that is loaded page by page: the first comes from elsewhere, those behind it are asked for. */
export interface Pages<P> {
  readonly pages: readonly P[];
  readonly isLoading: boolean;
  readonly error: ApiError | undefined;
  /** Loads the next page. */
  more(load: () => Promise<P>): void;
  /** Forgets all but the first. */
  forget(): void;
}

interface Older<P> {
  readonly key: string;
  readonly pages: readonly P[];
  readonly isLoading: boolean;
  readonly error: ApiError | undefined;
}

/** @param key what the list is of: pages of another are forgotten */
export function usePages<P>(key: string, first: P | undefined): Pages<P> {
  const nothing: Older<P> = { key, pages: [], isLoading: false, error: undefined };
  const [kept, setOlder] = useState<Older<P>>(nothing);
  const older = kept.key === key ? kept : nothing;

  async function more(load: () => Promise<P>): Promise<void> {
    setOlder({ ...older, isLoading: true, error: undefined });
    try {
      const page = await load();
      setOlder({ key, pages: [...older.pages, page], isLoading: false, error: undefined });
    } catch (error) {
      const told = error instanceof ApiError ? error : new ApiError("internal", String(error));
      setOlder({ ...older, isLoading: false, error: told });
    }
  }

  return {
    pages: first === undefined ? [] : [first, ...older.pages],
    isLoading: older.isLoading,
    error: older.error,
    more: (load) => void more(load),
    forget: () => setOlder(nothing),
  };
}
