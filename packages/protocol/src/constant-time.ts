/**
 * Whether two texts are equal, in a time that tells nothing of where they differ. Their lengths may be
 * learned: what is compared here (digests in hex or base64) has a length that everybody knows.
 */
export function equalInConstantTime(a: string, b: string): boolean {
  if (a.length !== b.length) return false;
  let difference = 0;
  for (let i = 0; i < a.length; i += 1) difference |= a.charCodeAt(i) ^ b.charCodeAt(i);
  return difference === 0;
}
