/** Why two sides could not be compared; the message says it to a person, with the remedy. */
export class ReconcileError extends Error {
  override readonly name = "ReconcileError";
}
