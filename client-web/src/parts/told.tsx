/** One short message over the page, such as what became of a form that was left. */

import { i18n } from '@lingui/core';
import { useSyncExternalStore } from 'react';
import { IconButton } from './button';
import { Icon } from './icons';

/** How long it stands when nobody puts it away. */
const STANDS = 10_000;

let told: string | null = null;
let timer: ReturnType<typeof setTimeout> | undefined;
const watchers = new Set<() => void>();

/** Shows a message and has it read out. */
export function tell(text: string): void {
  clearTimeout(timer);
  timer = setTimeout(() => put(null), STANDS);
  put(text);
}

function put(text: string | null): void {
  told = text;
  for (const watcher of watchers) watcher();
}

function watch(watcher: () => void): () => void {
  watchers.add(watcher);
  return () => void watchers.delete(watcher);
}

export function Told() {
  const text = useSyncExternalStore(watch, () => told);
  return (
    <div className="told" role="status">
      {text !== null && (
        <div className="told-text">
          <Icon name="clock" />
          <p>{text}</p>
          <IconButton icon="cross" label={i18n._('Sluit dit bericht')} onPress={() => put(null)} />
        </div>
      )}
    </div>
  );
}
