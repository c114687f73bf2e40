/** What the browser keeps of a person's choices; nothing, where it keeps nothing (a private window). */
export function readKept(name: string): string | undefined {
  try {
    return localStorage.getItem(`muster.${name}`) ?? undefined;
  } catch {
    return undefined;
  }
}

export function keep(name: string, value: string): void {
  try {
    localStorage.setItem(`muster.${name}`, value);
  } catch {
    // The choice counts until the page is closed.
  }
}
