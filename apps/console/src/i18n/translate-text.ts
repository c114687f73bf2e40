/**
 * Says what a server said in another language; as it is where there are no words for it.
 * @param words by the server's own, `{}` where something stands that differs: that is translated by itself
 */
export function translateText(text: string, words: Readonly<Record<string, string>>): string {
  const known = words[text];
  if (known !== undefined) return known;
  for (const [pattern, translation] of Object.entries(words)) {
    const differing = differingIn(text, pattern);
    if (differing)
      return differing.reduce((said, part) => said.replace("{}", () => translateText(part, words)), translation);
  }
  return text;
}

/** What stands in a text where its pattern has `{}`; nothing where it is no text of this pattern. */
function differingIn(text: string, pattern: string): string[] | undefined {
  if (!pattern.includes("{}")) return undefined;
  const literal = pattern.split("{}").map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`));
  return new RegExp(`^${literal.join("(.+)")}$`, "s").exec(text)?.slice(1);
}
