/** Whether a conference can decide: every required capacity has somebody who comes. */

import type { ActingCapacity, Conference, PersonnelView } from '../../engine/contract';

export type Light = 'good' | 'open' | 'missing';

export interface Quorum {
  light: Light;
  capacities: { capacity: ActingCapacity; light: Light }[];
  /** How many invitees replied what. */
  counts: { accepted: number; tentative: number; declined: number; silent: number };
}

export function quorumOf(conference: Conference, people: readonly PersonnelView[]): Quorum {
  const holds = (user: string, capacity: ActingCapacity) => people.find((person) => person.id === user)?.capacities.includes(capacity) === true;
  const replies = conference.invitations;
  const capacities = conference.plan.required_capacities.map((capacity) => {
    const able = replies.filter(({ user }) => holds(user, capacity));
    const light: Light = able.some(({ status }) => status === 'ACCEPTED')
      ? 'good'
      : able.some(({ status }) => status !== 'DECLINED')
        ? 'open'
        : 'missing';
    return { capacity, light };
  });
  const light: Light = capacities.some((each) => each.light === 'missing') ? 'missing' : capacities.every((each) => each.light === 'good') ? 'good' : 'open';
  const count = (status: string) => replies.filter((reply) => reply.status === status).length;
  return {
    light,
    capacities,
    counts: { accepted: count('ACCEPTED'), tentative: count('TENTATIVE'), declined: count('DECLINED'), silent: count('NEEDS-ACTION') },
  };
}
