/** The language of the screen: Dutch first, English second. */

import { i18n } from '@lingui/core';
import { messages as en } from '../locales/en';
import { messages as nl } from '../locales/nl';

export type Language = 'nl' | 'en';

const KEY = 'beraad.language';

i18n.load({ nl, en });
i18n.activate('nl');

export function language(): Language {
  return i18n.locale === 'en' ? 'en' : 'nl';
}

/** BCP 47 tag for dates and numbers. */
export function tag(): string {
  return language() === 'en' ? 'en-GB' : 'nl-NL';
}

/** Takes the language that was chosen last; without a choice Dutch. */
export function recallLanguage(): void {
  speak(localStorage.getItem(KEY) === 'en' ? 'en' : 'nl');
}

export function chooseLanguage(chosen: Language): void {
  localStorage.setItem(KEY, chosen);
  speak(chosen);
}

function speak(chosen: Language): void {
  i18n.activate(chosen);
  document.documentElement.lang = chosen;
}

/** The half of a bilingual text that fits the screen. */
export function inLanguage(text: { nl: string; en: string }): string {
  return text[language()];
}
