/** What the admin API says, as a sentence; of a value without the value, which its field shows: `Must be a URL …` */
export function sentence(message: string): string {
  const rule = ruleIn(message);
  const begun = rule.charAt(0).toUpperCase() + rule.slice(1);
  return /[.!?]$/.test(begun) ? begun : `${begun}.`;
}

/** What a value must be, of a message that says what it is, too. */
export function ruleIn(message: string): string {
  return message.replace(/^is (?:"(?:[^"\\]|\\.)*"|[^:]*): /, "");
}
