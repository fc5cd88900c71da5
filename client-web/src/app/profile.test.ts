import { expect, it } from 'vitest';
import { drawProfile, forgetProfile, keepProfile, recallProfile } from './profile';

it('a profile is remembered until it is forgotten', () => {
  const profile = drawProfile();
  keepProfile(profile);
  expect(recallProfile()).toEqual(profile);
  forgetProfile();
  expect(recallProfile()).toBeNull();
});

it('two profiles differ in name and salt', () => {
  const [one, other] = [drawProfile(), drawProfile()];
  expect(one.salt).toMatch(/^[0-9a-f]{32}$/);
  expect(one.salt).not.toBe(other.salt);
  expect(one.name).not.toBe(other.name);
});

it.each(['{', '{"name":"x"}', '{"name":"x","salt":"short"}', 'null'])('what is no profile counts as none: %s', (kept) => {
  localStorage.setItem('beraad.profile', kept);
  expect(recallProfile()).toBeNull();
});
