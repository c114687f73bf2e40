import { ruleIn, sentence } from "./sentence.ts";
import { translateText } from "./translate-text.ts";
import { zhFindings } from "./zh-findings.ts";

/** What the admin API says, as a sentence in Simplified Chinese; in English where there are no words for it. */
export function zhSentence(message: string): string {
  // Several things about a URL come as one: "the URL is …; it has …".
  const parts = message.replace(/^the URL (?=.*; it )/s, "").split("; it ");
  const translated = parts.map((part) => inChinese(ruleIn(part)) ?? inChinese(part.replace(/^the URL /, "")));
  if (translated.includes(undefined)) return sentence(message);
  const text = translated.join("；");
  return /[？。]$/.test(text) ? text : `${text}。`;
}

function inChinese(text: string): string | undefined {
  const translated = translateText(text, zhFindings);
  return translated === text ? undefined : translated;
}
