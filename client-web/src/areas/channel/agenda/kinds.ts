/** The kinds of agenda items: how a new one begins, in which section it belongs, what it lacks, how it reads in a line. */

import { i18n } from '@lingui/core';
import type { AgendaContent, AgendaSection } from '../../../engine/contract';
import { today } from '../../../text/time';

export type ContentType = AgendaContent['type'];

export const CONTENT_TYPES: readonly ContentType[] = ['topic', 'danger_statement', 'safety_goal', 'agreement', 'scale', 'action'];

export function typeLabel(type: ContentType): string {
  switch (type) {
    case 'topic':
      return i18n._('Onderwerp');
    case 'danger_statement':
      return i18n._('Zorg over gevaar');
    case 'safety_goal':
      return i18n._('Veiligheidsdoel');
    case 'agreement':
      return i18n._('Afspraak');
    case 'scale':
      return i18n._('Veiligheidscijfer');
    case 'action':
      return i18n._('Actie');
  }
}

export function usualSection(type: ContentType): AgendaSection {
  switch (type) {
    case 'topic':
      return 'information';
    case 'danger_statement':
      return 'worries_strengths';
    case 'scale':
      return 'scale';
    case 'safety_goal':
    case 'agreement':
      return 'safety_plan';
    case 'action':
      return 'decisions';
  }
}

export function beginOf(type: ContentType, me: string, now = Date.now()): AgendaContent {
  switch (type) {
    case 'topic':
      return { type, title: '', notes: '' };
    case 'danger_statement':
      return { type, who_worries: '', danger: '', impact: '', disputed: '' };
    case 'safety_goal':
      return { type, goal: '', how_long: '' };
    case 'agreement':
      return { type, who: '', what: '', when: '', if_then: '', checked_by: '' };
    case 'scale':
      return { type, rater: '', value: 5, on: today(now), why: '' };
    case 'action':
      return { type, text: '', owner: me, deadline: today(now + 7 * 24 * 3600 * 1000), status: 'open' };
  }
}

/** Whether the text it cannot do without is there. */
export function isComplete(content: AgendaContent): boolean {
  return mainText(content).trim() !== '' && (content.type !== 'agreement' || content.who.trim() !== '');
}

/** The text that says most. */
export function mainText(content: AgendaContent): string {
  switch (content.type) {
    case 'topic':
      return content.title;
    case 'danger_statement':
      return content.danger;
    case 'safety_goal':
      return content.goal;
    case 'agreement':
      return content.what;
    case 'scale':
      return content.rater;
    case 'action':
      return content.text;
  }
}
