/** Locks when nobody has touched the device for a while. */

import { useEffect } from 'react';

/** Fifteen minutes: long enough to think, short enough for a desk somebody walked away from. */
export const LOCK_AFTER = 15 * 60_000;

const SIGNS_OF_LIFE = ['pointerdown', 'pointermove', 'keydown', 'wheel', 'touchstart'] as const;

export function useIdleLock(lock: () => void): void {
  useEffect(() => {
    let last = Date.now();
    const alive = () => {
      last = Date.now();
    };
    // The clock, not a long timer: a laptop that slept has to be locked when it wakes.
    const timer = setInterval(() => {
      if (Date.now() - last >= LOCK_AFTER) lock();
    }, 5_000);
    for (const sign of SIGNS_OF_LIFE) window.addEventListener(sign, alive, { passive: true, capture: true });
    return () => {
      clearInterval(timer);
      for (const sign of SIGNS_OF_LIFE) window.removeEventListener(sign, alive, { capture: true });
    };
  }, [lock]);
}
