import { useState, type ReactNode } from "react";

import { useWords } from "../i18n/words.ts";
import { Button } from "./button.tsx";
import { say } from "./toast.tsx";

/** Copies a text. */
export function CopyButton({ text, label }: { readonly text: string; readonly label?: string }): ReactNode {
  const words = useWords();
  const [isCopied, setCopied] = useState(false);
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(text);
      setCopied(true);
      setTimeout(() => setCopied(false), 2_000);
    } catch {
      say(words.copyFailed, "failed");
    }
  };
  return <Button onClick={() => void copy()}>{isCopied ? words.copied : (label ?? words.copy)}</Button>;
}
