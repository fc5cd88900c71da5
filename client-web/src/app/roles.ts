/** Which areas a person sees, by what the person does for the organisation. */

import { i18n } from '@lingui/core';
import type { OrgRole } from '../engine/contract';
import type { IconName } from '../parts/icons';
import type { Route } from './route';

export type AreaName = 'home' | 'invitations' | 'planning' | 'register' | 'colleagues' | 'organisations';

export function areasOf(roles: readonly OrgRole[]): AreaName[] {
  const areas: AreaName[] = ['home'];
  if (roles.includes('coordinator')) areas.push('planning');
  if (roles.includes('professional') || roles.includes('coordinator')) areas.push('invitations');
  if (roles.includes('compliance_officer')) areas.push('register');
  if (roles.includes('account_admin')) areas.push('colleagues');
  if (roles.includes('host_admin')) areas.push('organisations');
  return areas;
}

/** Whether a person with these roles may be where the route leads. */
export function mayBeAt(roles: readonly OrgRole[], route: Route): boolean {
  switch (route.at) {
    case 'new':
    case 'channel':
      return roles.includes('professional');
    case 'planning':
      // A case lead plans from within a channel.
      return roles.includes('coordinator') || (roles.includes('professional') && route.conference !== null);
    case 'unknown':
      return false;
    case 'enrol':
      return true;
    default:
      return areasOf(roles).includes(route.at);
  }
}

export function areaLabel(area: AreaName): { label: string; icon: IconName } {
  switch (area) {
    case 'home':
      return { label: i18n._('Begin'), icon: 'home' };
    case 'invitations':
      return { label: i18n._('Uitnodigingen'), icon: 'bell' };
    case 'planning':
      return { label: i18n._('Plannen'), icon: 'calendar' };
    case 'register':
      return { label: i18n._('Register'), icon: 'shield' };
    case 'colleagues':
      return { label: i18n._('Collega’s'), icon: 'people' };
    case 'organisations':
      return { label: i18n._('Organisaties'), icon: 'building' };
  }
}
