/** What the admin API says of a value, as a sentence at the field that shows the value: `Must be a URL …` */
export function problemSentence(message: string): string {
  const rule = message.replace(/^is (?:"(?:[^"\\]|\\.)*"|[^:]*): /, "");
  const begun = rule.charAt(0).toUpperCase() + rule.slice(1);
  return /[.!?]$/.test(begun) ? begun : `${begun}.`;
}
