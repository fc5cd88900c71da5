/** The frame of the screens before the inside: one card, and the choice of language. */

import type { ReactNode } from 'react';
import { LanguageSwitch } from './LanguageSwitch';

export function Gate({ children }: { children: ReactNode }) {
  return (
    <div className="gate-page">
      <main className="gate">
        <p className="brand large">Beraad</p>
        <div className="card">{children}</div>
      </main>
      <footer className="gate-foot">
        <LanguageSwitch />
      </footer>
    </div>
  );
}
