/** What the admin API says, as a sentence; of a value without the value, which its field shows: `Must be a URL …` */
export function sentence(message: string): string {
  const rule = message.replace(/^is (?:"(?:[^"\\]|\\.)*"|[^:]*): /, "");
  const begun = rule.charAt(0).toUpperCase() + rule.slice(1);
  return /[.!?]$/.test(begun) ? begun : `${begun}.`;
}
