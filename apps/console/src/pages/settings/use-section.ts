import { useRef, useState } from "react";

import { ApiError, type Problem } from "../../api/call.ts";
import type { AppView } from "../../api/app-view.ts";
import { useWords } from "../../i18n/words.ts";
import type { AppPatch, Settings } from "./use-settings.ts";

/** What came of saving a section. */
export type SectionNote =
  | { readonly kind: "saved"; readonly cancelledCallbacks: number }
  | { readonly kind: "conflict" | "failed"; readonly message: string };

/** A part of an app's settings that is changed and saved together. */
export interface Section<V> {
  /** What its fields show: what is set, with what was typed over it. */
  readonly values: V;
  readonly isChanged: boolean;
  readonly isSaving: boolean;
  readonly note: SectionNote | undefined;
  edit(change: Partial<V>): void;
  undo(): void;
  save(): Promise<void>;
  /** What is wrong with what stands at a path of the settings, such as `callback.url`. */
  problemAt(path: string): string | undefined;
  /** What is wrong elsewhere. */
  readonly otherProblems: readonly Problem[];
}

interface SectionDescription<V> {
  readonly name: string;
  /** The fields' values as they are set. */
  readonly read: (app: AppView) => V;
  /** The patch that makes what is set what was typed; of a section that was typed into. */
  readonly patch: (edits: Partial<V>, values: V) => AppPatch;
  /** The paths that its fields stand for. */
  readonly paths: readonly string[];
  /** What is wrong before the server is asked. */
  readonly check?: (values: V) => readonly Problem[];
}

/** What was typed and not saved yet, by app and section: it is there when somebody comes back from another page. */
const drafts = new Map<string, object>();

export function useSection<V extends object>(settings: Settings, described: SectionDescription<V>): Section<V> {
  const { name, read, patch, paths, check = () => [] } = described;
  const words = useWords();
  const key = `${settings.app.sdkAppId}/${name}`;
  const [edits, setEdits] = useState<Partial<V>>(() => drafts.get(key) ?? {});
  const [problems, setProblems] = useState<readonly Problem[]>([]);
  const [note, setNote] = useState<SectionNote>();
  const [isSaving, setSaving] = useState(false);
  // What is typed while it is saved is no part of what is saved.
  const latest = useRef(edits);
  const current = read(settings.app);
  const values = { ...current, ...edits };
  const isChanged = JSON.stringify(values) !== JSON.stringify(current);

  function put(next: Partial<V>): void {
    latest.current = next;
    setEdits(next);
    if (Object.keys(next).length === 0) drafts.delete(key);
    else drafts.set(key, next);
  }

  return {
    values,
    isChanged,
    isSaving,
    note,
    edit(change) {
      put({ ...latest.current, ...change });
      setNote(undefined);
    },
    undo() {
      put({});
      setProblems([]);
      setNote(undefined);
    },
    async save() {
      const found = check(values);
      setProblems(found);
      setNote(undefined);
      if (found.length > 0) return;
      setSaving(true);
      try {
        const { cancelledCallbacks } = await settings.change(patch(edits, values));
        if (latest.current === edits) put({});
        setNote({ kind: "saved", cancelledCallbacks });
      } catch (error) {
        if (error instanceof ApiError) setProblems(error.problems);
        const isConflict = error instanceof ApiError && error.code === "precondition-failed";
        const message = error instanceof Error ? error.message : String(error);
        setNote({ kind: isConflict ? "conflict" : "failed", message });
      }
      setSaving(false);
    },
    problemAt: (path) => {
      const here = problems.filter((problem) => isAt(problem.path, path));
      return here.length === 0 ? undefined : here.map(({ message }) => words.sentence(message)).join(" ");
    },
    otherProblems: problems.filter((problem) => !paths.some((path) => isAt(problem.path, path))),
  };
}

/** Whether a problem is with what stands at a path, or with a part of it: `callback.allowNetworks[0]`. */
function isAt(problem: string, path: string): boolean {
  return problem === path || problem.startsWith(`${path}[`) || problem.startsWith(`${path}.`);
}
