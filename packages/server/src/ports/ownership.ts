/** Which lanes are this node's to deliver, where several nodes share a store. With one they all are, for ever. */
export interface Ownership {
  /** Whether a lane is this node's at this moment. */
  delivers(sdkAppId: number, lane: string): boolean;
  /** Which part of all lanes is this node's, up to 1. */
  part(): number;
  /** Calls `listener` where there may be more to deliver for an app: another node committed it, or has given it up. */
  onWoken(listener: (sdkAppId: number) => void): void;
  /**
   * Calls `listener` when lanes stop being this node's. What it returns resolves when nothing of them is under way any
   * more, and all results are written; it is waited for a while, if there is time.
   */
  onLeaving(listener: (leaves: (sdkAppId: number, lane: string) => boolean) => Promise<void>): void;
}
