/** A text literal of a source file, or the texts of a template literal. */
export interface Text {
  /** Where its opening quote stands. */
  readonly start: number;
  /** What it says, escapes as they were written; a blank stands for each `${…}` of a template. */
  readonly text: string;
}

export interface Scan {
  /** The source with comments, and the insides of texts and regular expressions, made blank; every character stands where it stood. */
  readonly code: string;
  readonly texts: readonly Text[];
}

/** Words after which a slash begins a regular expression, where after another word it divides. */
const beforeExpression = new Set(
  "return typeof case in of new delete void instanceof do else yield await throw".split(" "),
);

/**
 * Tells the code of a TypeScript file from its comments and texts. It reads just enough of the language for
 * that: where a slash could divide or begin a regular expression, what stands before decides.
 */
export function scan(source: string): Scan {
  const code = source.split("");
  const texts: Text[] = [];
  let at = 0;

  const blank = (from: number, to: number): void => {
    for (let i = from; i < Math.min(to, code.length); i += 1) if (code[i] !== "\n") code[i] = " ";
  };

  const skipComment = (): boolean => {
    if (source[at] !== "/") return false;
    const next = source[at + 1];
    if (next !== "/" && next !== "*") return false;
    const end = next === "/" ? source.indexOf("\n", at) : source.indexOf("*/", at + 2) + 2;
    const stop = end < at + 2 ? source.length : end;
    blank(at, stop);
    at = stop;
    return true;
  };

  /** From an opening quote to behind the closing one, or to the end of the line where there is none. */
  const skipText = (): void => {
    const start = at;
    const quote = source[at];
    at += 1;
    while (at < source.length && source[at] !== quote && source[at] !== "\n") at += source[at] === "\\" ? 2 : 1;
    texts.push({ start, text: source.slice(start + 1, at) });
    blank(start + 1, at);
    at += 1;
  };

  /** From the backtick to behind the closing one; what stands in `${…}` is code again. */
  const skipTemplate = (): void => {
    const start = at;
    let text = "";
    at += 1;
    while (at < source.length && source[at] !== "`") {
      if (source.startsWith("${", at)) {
        at += 2;
        skipCode("}");
        at += 1;
        text += " ";
      } else {
        const length = source[at] === "\\" ? 2 : 1;
        text += source.slice(at, at + length);
        blank(at, at + length);
        at += length;
      }
    }
    texts.push({ start, text });
    at += 1;
  };

  const beginsRegularExpression = (): boolean => {
    let last = at - 1;
    while (last >= 0 && /\s/.test(code[last] ?? "")) last -= 1;
    let first = last;
    while (first >= 0 && /[\w$]/.test(code[first] ?? "")) first -= 1;
    const word = code.slice(first + 1, last + 1).join("");
    if (word !== "") return beforeExpression.has(word);
    return !/[)\]}"'`<]/.test(code[last] ?? "");
  };

  const skipRegularExpression = (): void => {
    let inClass = false;
    let end = at + 1;
    while (end < source.length && source[end] !== "\n" && (inClass || source[end] !== "/")) {
      if (source[end] === "[") inClass = true;
      if (source[end] === "]") inClass = false;
      end += source[end] === "\\" ? 2 : 1;
    }
    if (source[end] === "/") {
      blank(at + 1, end);
      at = end + 1;
    } else {
      at += 1;
    }
  };

  /** Up to the brace that closes what was open, or to the end. */
  const skipCode = (closing: "}" | undefined): void => {
    let depth = 0;
    while (at < source.length) {
      const character = source[at];
      if (skipComment()) continue;
      if (character === '"' || character === "'") skipText();
      else if (character === "`") skipTemplate();
      else if (character === "/" && beginsRegularExpression()) skipRegularExpression();
      else {
        if (character === "{") depth += 1;
        if (character === "}") {
          if (depth === 0 && closing !== undefined) return;
          depth -= 1;
        }
        at += 1;
      }
    }
  };

  skipCode(undefined);
  return { code: code.join(""), texts };
}

/** The number of the line, from 1, on which a place of a source stands. */
export function lineAt(source: string, place: number): number {
  return source.slice(0, place).split("\n").length;
}
