import { useCallback, useEffect, useState } from "react";

import { ApiError, call, type AnswerOf, type InputOf, type OperationName } from "../api/call.ts";
import { connection } from "../api/connection.ts";

/** What was asked of the server, as far as it is known. */
export interface Loaded<T> {
  /** What it answered last; stays while it is asked again. */
  readonly data: T | undefined;
  readonly error: ApiError | undefined;
  readonly isLoading: boolean;
  reload(): void;
}

/** What came of asking, and which asking it was. */
interface Result<T> {
  readonly key: string;
  readonly turn: string;
  readonly data?: T | undefined;
  readonly error?: ApiError;
}

/**
 * Asks the server, again whenever the input changes, every so many ms, and when a lost connection is back.
 * @param cause asks again whenever it changes, while what was answered stays
 */
export function useLoad<O extends OperationName>(
  operation: O,
  input: InputOf<O>,
  every?: number,
  cause?: number,
): Loaded<AnswerOf<O>> {
  const key = JSON.stringify(input);
  const [count, setCount] = useState(0);
  const turn = `${count} ${cause}`;
  const [result, setResult] = useState<Result<AnswerOf<O>>>();
  const reload = useCallback(() => setCount((before) => before + 1), []);

  useEffect(() => {
    const abort = new AbortController();
    const asked = JSON.parse(key) as InputOf<O>;
    call(operation, { ...asked, signal: abort.signal }).then(
      (data) => setResult({ key, turn, data }),
      (error: unknown) => {
        if (abort.signal.aborted) return;
        const told = error instanceof ApiError ? error : new ApiError("internal", String(error));
        setResult((before) => ({ key, turn, data: before?.key === key ? before.data : undefined, error: told }));
      },
    );
    return () => abort.abort();
  }, [operation, key, turn]);

  useEffect(() => connection.subscribe(() => connection.get() === "works" && reload()), [reload]);

  useEffect(() => {
    if (every === undefined) return undefined;
    const timer = setInterval(() => document.visibilityState === "visible" && reload(), every);
    return () => clearInterval(timer);
  }, [every, reload]);

  const known = result?.key === key ? result : undefined;
  // Asked again as soon as the server can be reached: until then nobody knows that there is nothing.
  const isAwaited = known?.error?.code === "unreachable" && known.data === undefined;
  return { data: known?.data, error: known?.error, isLoading: isAwaited || known?.turn !== turn, reload };
}
