import { Component, type ReactNode } from "react";

interface FailureWallProps {
  /** What is said instead of what failed. */
  readonly instead: ReactNode;
  readonly children: ReactNode;
}

/** Keeps a part that fails from taking the whole page with it. */
export class FailureWall extends Component<FailureWallProps, { readonly hasFailed: boolean }> {
  override state = { hasFailed: false };

  static getDerivedStateFromError(): { hasFailed: boolean } {
    return { hasFailed: true };
  }

  override render(): ReactNode {
    return this.state.hasFailed ? this.props.instead : this.props.children;
  }
}
