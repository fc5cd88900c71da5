/** Says something to people who listen to the screen, without moving their focus. */

const REGION = 'announcements';

export function announce(text: string): void {
  const region = document.getElementById(REGION);
  if (region === null) return;
  // The same words twice in a row are read out again only when the region changes.
  region.textContent = region.textContent === text ? `${text}\u00a0` : text;
}

export const ANNOUNCEMENTS = REGION;
