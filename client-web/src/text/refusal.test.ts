import { i18n } from '@lingui/core';
import { expect, it } from 'vitest';
import { CallError } from '../engine/rpc';
import { errorText, refusalText } from './refusal';

it('a problem of the server is told in the language of the screen, with the way out', () => {
  const refusal = { refused_by: 'server', problem: { code: 'no_key_package', detail: 'x' } } as const;
  expect(refusalText(refusal)).toContain('Laat de collega Beraad één keer openen');
  i18n.activate('en');
  expect(refusalText(refusal)).toContain('Have the colleague open Beraad once');
});

it('an error nobody has words for still names itself, for whoever is asked for help', () => {
  expect(errorText(new CallError('something_new', 'the moon is down'))).toContain('something_new');
});

it('rules speak for themselves', () => {
  const block = { rule: 5, code: 'consent_missing', line: 0, subject: null, nl: 'De toestemming ontbreekt.', en: 'Consent is missing.', ways_out: [] } as const;
  expect(refusalText({ refused_by: 'rules', blocks: [{ ...block, ways_out: [] }] })).toBe('De toestemming ontbreekt.');
});
