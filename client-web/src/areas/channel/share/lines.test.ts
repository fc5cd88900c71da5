import { expect, it } from 'vitest';
import type { ConsentView, OrganisationType } from '../../../engine/contract';
import { draftOf, groundOf, makeLines, type ShareFields } from './lines';

const recipients = [
  { org: 'gi', name: 'GI' },
  { org: 'vt', name: 'VT' },
];
const kinds = new Map<string, OrganisationType>([
  ['gi', 'GI'],
  ['vt', 'VT'],
]);
const fields: ShareFields = {
  text: 'x',
  description: ' about it ',
  subjects: ['lena', 'noor'],
  categories: ['PSYCHISCH'],
  purpose: 'VEILIGHEIDSPLAN',
  mechanism: 'BERICHT',
  capacity: 'GGZ_BEHANDELAAR',
  grounds: {},
  motivation: '',
  necessity: '',
  proportionality: '',
  subsidiarity: '',
  consulted: null,
  inform: { state: 'known' },
  confidentiality: 'normal',
  emergency: false,
};
const consent = {
  consent: {
    id: 'consent-of-lena',
    subject: 'lena',
    function: 'both',
    answers: [],
    categories: ['PSYCHISCH', 'GEZIN'],
    recipients: ['vt'],
    purposes: ['VEILIGHEIDSPLAN'],
    valid_from: 0,
    valid_until: 1,
    method: 'oral',
    freely_given: true,
    under_pressure: false,
    notice: '',
    language: 'nl',
  },
  state: 'given',
  blocks: [],
  recorded_by: 'u',
  recorded_at: 0,
  withdrawn_at: null,
} as unknown as ConsentView;

it('there is a line for every subject and every other organisation', () => {
  const lines = makeLines(fields, recipients, kinds, []);
  expect(lines.map(({ subject, recipient, recipient_type }) => [subject, recipient, recipient_type])).toEqual([
    ['lena', 'gi', 'GI'],
    ['lena', 'vt', 'VT'],
    ['noor', 'gi', 'GI'],
    ['noor', 'vt', 'VT'],
  ]);
});

it('a consent is used for its own subject and recipient only', () => {
  const withConsent = makeLines(fields, recipients, kinds, [consent]).filter((line) => line.consent !== null);
  expect(withConsent).toMatchObject([{ subject: 'lena', recipient: 'vt', art6: '6A', art9: '9A', secrecy: 'TOESTEMMING' }]);
});

it('a consent that was withdrawn or does not cover everything is not proposed', () => {
  expect(groundOf([{ ...consent, state: 'withdrawn' }], fields, 'vt', 'lena').consent).toBeNull();
  expect(groundOf([consent], { ...fields, categories: ['PSYCHISCH', 'VERSLAVING'] }, 'vt', 'lena').consent).toBeNull();
  expect(groundOf([consent], { ...fields, purpose: 'AUDIT' }, 'vt', 'lena').consent).toBeNull();
});

it('a ground that was chosen stays, for all subjects or for one', () => {
  const law = { art6: '6C', art9: '9G', art10: null, provision: 'WMO_5_2_6', secrecy: 'RECHT', consent: null } as const;
  const chosen = { ...fields, grounds: { vt: law, 'vt/noor': { ...law, provision: null } } };
  expect(groundOf([consent], chosen, 'vt', 'lena')).toEqual(law);
  expect(groundOf([consent], chosen, 'vt', 'noor').provision).toBeNull();
});

it('there is nothing to ask the rules while a choice is missing', () => {
  const lines = makeLines(fields, recipients, kinds, []);
  expect(draftOf({ ...fields, purpose: null }, lines)).toBeNull();
  expect(draftOf({ ...fields, capacity: null }, lines)).toBeNull();
  expect(draftOf(fields, [])).toBeNull();
  expect(draftOf(fields, lines)).toMatchObject({ description: 'about it', corrects: null });
});
