/** One writer per database: the tab that holds the lock has it, the others wait for it. */

const NAME = 'beraad';

export interface Hold {
  /** Asks the tab that has it to lock and hand over. */
  takeOver(): void;
}

/**
 * Tries to hold the database.
 *
 * @param held is called when this tab has it.
 * @param elsewhere is called when another tab has it; `held` follows once it is free.
 * @param giveUp is called when another tab asks for it: close the database; `elsewhere` follows.
 */
export function hold(held: () => void, elsewhere: () => void, giveUp: () => void): Hold {
  const channel = new BroadcastChannel(NAME);
  let release: (() => void) | null = null;

  const keep = (): Promise<void> => {
    held();
    return new Promise((resolve) => {
      release = resolve;
    });
  };
  const wait = (): void => {
    elsewhere();
    navigator.locks.request(NAME, keep).catch((error: unknown) => reportError(error));
  };

  channel.addEventListener('message', () => {
    if (release === null) return;
    giveUp();
    release();
    release = null;
    // A moment later, so that the tab that asked is first in the queue whatever the browser's order.
    setTimeout(wait, 0);
  });
  navigator.locks
    .request(NAME, { ifAvailable: true }, (lock) => {
      if (lock !== null) return keep();
      wait();
      return undefined;
    })
    .catch((error: unknown) => reportError(error));

  return { takeOver: () => channel.postMessage('take over') };
}
