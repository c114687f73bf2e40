import type { ReactNode } from "react";

import type { ApiError } from "../api/call.ts";
import { useWords } from "../i18n/words.ts";
import { Button } from "./button.tsx";

/** What went wrong while something was loaded, and a way to try again. */
export function ProblemNote({ error, onRetry }: { readonly error: ApiError; readonly onRetry: () => void }): ReactNode {
  const words = useWords();
  // That is said once for the whole page, and mends by itself.
  if (error.code === "unreachable") return null;
  return (
    <div className="note failed" role="alert">
      <p>{error.message}</p>
      {error.problems.map(({ path, message }) => (
        <p key={path}>
          <code>{path}</code> {message}
        </p>
      ))}
      <Button onClick={onRetry}>{words.tryAgain}</Button>
    </div>
  );
}
