import { useId, type FormEvent, type ReactNode } from "react";

import { useWords } from "../../i18n/words.ts";
import { Button } from "../../parts/button.tsx";
import type { Section, SectionNote } from "./use-section.ts";

interface CardProps {
  readonly title: string;
  readonly hint?: ReactNode;
  readonly children: ReactNode;
  readonly kind?: "danger";
}

/** A part of the settings, with its title beside it. */
export function Card({ title, hint, children, kind }: CardProps): ReactNode {
  const id = useId();
  return (
    <section className={`setting ${kind ?? ""}`} aria-labelledby={id}>
      <div className="setting-head">
        <h2 id={id}>{title}</h2>
        {hint !== undefined && <p className="hint">{hint}</p>}
      </div>
      <div className="panel">{children}</div>
    </section>
  );
}

interface SectionCardProps<V> extends Omit<CardProps, "kind"> {
  readonly section: Section<V>;
  /** Buttons beside that which saves. */
  readonly actions?: ReactNode;
}

/** A part that is changed and saved together. */
export function SectionCard<V>({ section, actions, children, ...card }: SectionCardProps<V>): ReactNode {
  const words = useWords();
  const { isChanged, isSaving, note, otherProblems } = section;
  const save = (event: FormEvent): void => {
    event.preventDefault();
    void section.save();
  };
  return (
    <Card {...card}>
      <form className="setting-form" onSubmit={save} noValidate>
        {children}
        {note && <Note note={note} />}
        {otherProblems.map(({ path, message }) => (
          <p key={path} className="problem" role="alert">
            <code>{path}</code> {words.sentence(message)}
          </p>
        ))}
        <div className="actions">
          <Button type="submit" kind="primary" isBusy={isSaving} disabled={!isChanged}>
            {words.save}
          </Button>
          {isChanged && (
            <Button onClick={section.undo} disabled={isSaving}>
              {words.undo}
            </Button>
          )}
          {actions}
        </div>
      </form>
    </Card>
  );
}

function Note({ note }: { readonly note: SectionNote }): ReactNode {
  const words = useWords();
  if (note.kind === "saved") {
    const cancelled = note.cancelledCallbacks > 0 ? ` ${words.cancelledCallbacks(note.cancelledCallbacks)}` : "";
    return <output className="saved">{`${words.saved}${cancelled}`}</output>;
  }
  return (
    <p className="problem" role="alert">
      {note.kind === "conflict" ? words.changedByOthers : note.message}
    </p>
  );
}
