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
  /** The first page as it was when those behind it were asked for: they go on where it ended. */
  readonly first: P | undefined;
  readonly pages: readonly P[];
  readonly isLoading: boolean;
  readonly error: ApiError | undefined;
}

/**
 * While there are pages behind the first, it stays as it was: another first page would end elsewhere, so that items between
 * the two were twice in the list, or nowhere.
 * @param key what the list is of: pages of another are forgotten
 */
export function usePages<P>(key: string, first: P | undefined): Pages<P> {
  const nothing: Older<P> = { key, first: undefined, pages: [], isLoading: false, error: undefined };
  const [kept, setOlder] = useState<Older<P>>(nothing);
  const older = kept.key === key ? kept : nothing;

  const begun = older.first ?? first;

  async function more(load: () => Promise<P>): Promise<void> {
    const asked = { ...older, first: begun, isLoading: true, error: undefined };
    // Whatever is looked at by then.
    const end = (loaded: Older<P>): void => setOlder((now) => (now === asked ? loaded : now));
    setOlder(asked);
    try {
      const page = await load();
      end({ ...asked, pages: [...older.pages, page], isLoading: false });
    } catch (error) {
      const told = error instanceof ApiError ? error : new ApiError("internal", String(error));
      end({ ...older, isLoading: false, error: told });
    }
  }

  return {
    pages: begun === undefined ? [] : [begun, ...older.pages],
    isLoading: older.isLoading,
    error: older.error,
    more: (load) => void more(load),
    forget: () => setOlder(nothing),
  };
}
