import {
  useId,
  type InputHTMLAttributes,
  type ReactNode,
  type SelectHTMLAttributes,
  type TextareaHTMLAttributes,
} from "react";

interface Labelled {
  readonly label: string;
  readonly hint?: ReactNode;
  /** What is wrong with what is in it, a sentence. */
  readonly problem?: string | undefined;
}

interface TextFieldProps extends Labelled, Omit<InputHTMLAttributes<HTMLInputElement>, "onChange"> {
  readonly value: string;
  readonly onChange: (value: string) => void;
}

export function TextField({ label, hint, problem, onChange, ...rest }: TextFieldProps): ReactNode {
  const id = useId();
  const control = { ...rest, id, ...describedBy(id, hint, problem) };
  return (
    <Field id={id} label={label} hint={hint} problem={problem}>
      <input spellCheck={false} {...control} onChange={(event) => onChange(event.target.value)} />
    </Field>
  );
}

interface TextAreaFieldProps extends Labelled, Omit<TextareaHTMLAttributes<HTMLTextAreaElement>, "onChange"> {
  readonly value: string;
  readonly onChange: (value: string) => void;
}

export function TextAreaField({ label, hint, problem, onChange, ...rest }: TextAreaFieldProps): ReactNode {
  const id = useId();
  const control = { ...rest, id, ...describedBy(id, hint, problem) };
  return (
    <Field id={id} label={label} hint={hint} problem={problem}>
      <textarea spellCheck={false} {...control} onChange={(event) => onChange(event.target.value)} />
    </Field>
  );
}

interface SelectFieldProps<T extends string>
  extends Labelled, Omit<SelectHTMLAttributes<HTMLSelectElement>, "onChange"> {
  readonly value: T;
  readonly choices: readonly { readonly value: T; readonly label: string }[];
  readonly onChange: (value: T) => void;
}

export function SelectField<T extends string>(props: SelectFieldProps<T>): ReactNode {
  const { label, hint, problem, choices, onChange, ...rest } = props;
  const id = useId();
  const choose = (value: string): void => {
    const choice = choices.find((known) => known.value === value);
    if (choice) onChange(choice.value);
  };
  return (
    <Field id={id} label={label} hint={hint} problem={problem}>
      <select {...rest} id={id} {...describedBy(id, hint, problem)} onChange={(event) => choose(event.target.value)}>
        {choices.map((choice) => (
          <option key={choice.value} value={choice.value}>
            {choice.label}
          </option>
        ))}
      </select>
    </Field>
  );
}

interface FieldProps extends Labelled {
  readonly id: string;
  readonly children: ReactNode;
}

function Field({ id, label, hint, problem, children }: FieldProps): ReactNode {
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      {children}
      {problem !== undefined && (
        <p className="problem" id={`${id}-problem`} role="alert">
          {problem}
        </p>
      )}
      {hint !== undefined && (
        <p className="hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
    </div>
  );
}

function describedBy(id: string, hint: ReactNode, problem: string | undefined) {
  const ids = [problem === undefined ? "" : `${id}-problem`, hint === undefined ? "" : `${id}-hint`];
  return {
    "aria-invalid": problem !== undefined,
    "aria-describedby": ids.filter((part) => part !== "").join(" ") || undefined,
  };
}
