/**
 * Quick hide: a neutral page over everything, at once, with Escape twice or the button.
 *
 * What was typed stays as it was underneath; coming back asks no passphrase, because nothing was
 * locked. Locking is the other button.
 */

import { i18n } from '@lingui/core';
import { createContext, use, useCallback, useEffect, useMemo, useState, type ReactNode } from 'react';
import { createPortal } from 'react-dom';

const VeilContext = createContext<() => void>(() => undefined);

export function useHide(): () => void {
  return use(VeilContext);
}

/** Two presses within this time count as one wish. */
export const TWICE_WITHIN = 700;

export function Veil({ children }: { children: ReactNode }) {
  const [hidden, setHidden] = useState(false);
  const hide = useCallback(() => setHidden(true), []);
  useEffect(() => {
    let last = -Infinity;
    const watch = (event: KeyboardEvent) => {
      if (event.key !== 'Escape' || event.repeat) return;
      if (event.timeStamp - last < TWICE_WITHIN) setHidden(true);
      last = event.timeStamp;
    };
    // Before any dialog can swallow the key.
    window.addEventListener('keydown', watch, { capture: true });
    return () => window.removeEventListener('keydown', watch, { capture: true });
  }, []);
  useEffect(() => {
    document.documentElement.toggleAttribute('data-veiled', hidden);
  }, [hidden]);
  return (
    <VeilContext value={hide}>
      {children}
      {hidden && createPortal(<Cover onBack={() => setHidden(false)} />, document.body)}
    </VeilContext>
  );
}

function Cover({ onBack }: { onBack: () => void }) {
  const words = useMemo(() => ({ empty: i18n._('Deze pagina is leeg.'), back: i18n._('Verder') }), []);
  const focus = useCallback((button: HTMLButtonElement | null) => button?.focus(), []);
  return (
    <main className="veil" data-react-aria-top-layer="true">
      <p>{words.empty}</p>
      <button type="button" className="veil-back" ref={focus} onClick={onBack}>
        {words.back}
      </button>
    </main>
  );
}
