import { expect, it } from 'vitest';
import type { Conference, ParticipationStatus, PersonnelView } from '../../engine/contract';
import { quorumOf } from './light';

const person = (id: string, capacities: PersonnelView['capacities']): PersonnelView => ({ id, org: 'o', name: id, function: '', roles: ['professional'], capacities, devices: 1, suspended: false });
const people = [person('gi', ['GI_OTS']), person('ggz', ['GGZ_BEHANDELAAR']), person('ggz2', ['GGZ_BEHANDELAAR'])];

function conference(replies: Record<string, ParticipationStatus>, required: PersonnelView['capacities'] = ['GI_OTS', 'GGZ_BEHANDELAAR']): Conference {
  return {
    plan: { id: 'c', channel: 'x', kind: 'regular', start: 0, end: 1, time_zone: 'Europe/Amsterdam', chair: null, required_capacities: required, invitees: Object.keys(replies), status: 'planned' },
    case_code: 'code',
    planned_by: 'p',
    sequence: 0,
    invitations: Object.entries(replies).map(([user, status]) => ({ user, status, replied_at: null })),
  };
}

it('is complete when every required capacity has somebody who comes', () => {
  expect(quorumOf(conference({ gi: 'ACCEPTED', ggz: 'DECLINED', ggz2: 'ACCEPTED' }), people).light).toBe('good');
});

it('is open while somebody able may still come', () => {
  expect(quorumOf(conference({ gi: 'ACCEPTED', ggz: 'TENTATIVE' }), people).light).toBe('open');
  expect(quorumOf(conference({ gi: 'NEEDS-ACTION', ggz: 'ACCEPTED' }), people).light).toBe('open');
});

it('is incomplete when all who could come declined, or nobody able is invited', () => {
  expect(quorumOf(conference({ gi: 'DECLINED', ggz: 'ACCEPTED' }), people).light).toBe('missing');
  expect(quorumOf(conference({ ggz: 'ACCEPTED' }), people).capacities).toEqual([
    { capacity: 'GI_OTS', light: 'missing' },
    { capacity: 'GGZ_BEHANDELAAR', light: 'good' },
  ]);
});

it('counts the replies', () => {
  expect(quorumOf(conference({ gi: 'ACCEPTED', ggz: 'TENTATIVE', ggz2: 'NEEDS-ACTION' }), people).counts).toEqual({ accepted: 1, tentative: 1, declined: 0, silent: 1 });
});
