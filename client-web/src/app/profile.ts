/** What this browser profile remembers outside the encrypted database: nothing about anybody. */

import type { Profile } from '../engine/rpc';

const KEY = 'beraad.profile';

export function recallProfile(): Profile | null {
  const kept = localStorage.getItem(KEY);
  if (kept === null) return null;
  try {
    const profile = JSON.parse(kept) as Partial<Profile>;
    if (typeof profile.name === 'string' && typeof profile.salt === 'string' && /^[0-9a-f]{32}$/.test(profile.salt)) {
      return { name: profile.name, salt: profile.salt };
    }
  } catch {
    // Not ours, or damaged: as if there were none.
  }
  return null;
}

/** A profile for a database that does not exist yet. */
export function drawProfile(): Profile {
  return { name: `beraad-${hex(8)}`, salt: hex(16) };
}

export function keepProfile(profile: Profile): void {
  localStorage.setItem(KEY, JSON.stringify(profile));
}

export function forgetProfile(): void {
  localStorage.removeItem(KEY);
}

/** A random identifier for something this device makes. */
export function drawId(): string {
  return hex(16);
}

function hex(bytes: number): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(bytes)), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
