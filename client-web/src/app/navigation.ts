/** The route as state. One-time links leave the address, and the history, as soon as they are read. */

import { useSyncExternalStore } from 'react';
import { href, parseRoute, type Route } from './route';

let token: string | null = null;
let hash = location.hash;
let route = take();
const watchers = new Set<() => void>();

window.addEventListener('hashchange', () => {
  hash = location.hash;
  route = take();
  for (const watcher of watchers) watcher();
});

export function useRoute(): Route {
  return useSyncExternalStore(watch, () => route);
}

/** The secret of the one-time link this tab was opened with, until it is used. */
export function useLinkToken(): string | null {
  return useSyncExternalStore(watch, () => token);
}

export function dropLinkToken(): void {
  token = null;
  for (const watcher of watchers) watcher();
}

export function goTo(next: Exclude<Route, { at: 'enrol' | 'unknown' }>): void {
  location.hash = href(next);
}

function take(): Route {
  const parsed = parseRoute(hash);
  if (parsed.at !== 'enrol') return parsed;
  token = parsed.token;
  hash = '#/';
  history.replaceState(null, '', `${location.pathname}${hash}`);
  return { at: 'home' };
}

function watch(watcher: () => void): () => void {
  watchers.add(watcher);
  return () => void watchers.delete(watcher);
}
