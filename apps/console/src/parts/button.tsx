import type { ButtonHTMLAttributes, ReactNode } from "react";

interface ButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  readonly kind?: "primary" | "plain" | "danger" | "quiet";
  /** What it began is not done yet. */
  readonly isBusy?: boolean;
  readonly children: ReactNode;
}

export function Button({ kind = "plain", isBusy = false, type = "button", disabled, ...rest }: ButtonProps): ReactNode {
  return (
    <button
      {...rest}
      type={type === "submit" ? "submit" : "button"}
      className={`button ${kind}`}
      disabled={disabled === true || isBusy}
      aria-busy={isBusy}
    />
  );
}
