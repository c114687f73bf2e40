import type { Problem } from "../../api/call.ts";
import type { Words } from "../../i18n/translation.ts";

/** What is wrong with a text that is to be a number, or empty; what range it may be in is the server's to say. */
export function numberProblem(path: string, text: string, words: Words): Problem[] {
  return /^\d*$/.test(text.trim()) ? [] : [{ path, message: words.wholeNumber }];
}
