import { Component, type ReactNode } from 'react';
import { Stopped } from '../areas/enrol/Aside';
import { Gate } from './Gate';

interface BoundaryProps {
  children: ReactNode;
}

/** A fault of a screen ends in words and a way out, not in an empty page. What was typed is in the drafts. */
export class Boundary extends Component<BoundaryProps, { detail: string | null }> {
  override state: { detail: string | null } = { detail: null };

  static getDerivedStateFromError(error: unknown): { detail: string } {
    return { detail: error instanceof Error ? error.message : String(error) };
  }

  override render(): ReactNode {
    if (this.state.detail === null) return this.props.children;
    return (
      <Gate>
        <Stopped detail={this.state.detail} />
      </Gate>
    );
  }
}
