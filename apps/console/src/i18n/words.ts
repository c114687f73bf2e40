import { keep, readKept } from "../state/kept.ts";
import { createStore, useStore } from "../state/store.ts";
import { en } from "./en.ts";
import type { Words } from "./translation.ts";

export const languages = { en: "English", zh: "简体中文" } as const;
export type Language = keyof typeof languages;

const words = createStore<Words>(en);
export const language = createStore<Language>("en");

/** What the page says, in the language that was chosen. */
export function useWords(): Words {
  return useStore(words);
}

/** The language that was chosen before, or that the browser asks for first. */
export function preferredLanguage(): Language {
  const kept = readKept("language");
  if (kept === "en" || kept === "zh") return kept;
  return navigator.language.toLowerCase().startsWith("zh") ? "zh" : "en";
}

/** Has the page speak a language. */
export async function speak(chosen: Language): Promise<void> {
  const next: Words = chosen === "zh" ? (await import("./zh.ts")).zh : en;
  keep("language", chosen);
  document.documentElement.lang = chosen === "zh" ? "zh-Hans" : "en";
  language.set(chosen);
  words.set(next);
}
