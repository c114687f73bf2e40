/** An id as a header can carry it, to the letter: white space at its ends would be lost on the way. */
export function headerText(id: string): string {
  return /^[\x21-\x7e]+$/.test(id) ? id : encodeURIComponent(id);
}
