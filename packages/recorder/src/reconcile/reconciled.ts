/** `OptPlatform` of a callback that nobody sent: it was made so that the mirror says what the IM backend says. */
export const RECONCILED_PLATFORM = "Reconciled";
