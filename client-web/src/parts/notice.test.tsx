import { i18n } from '@lingui/core';
import { render, screen } from '@testing-library/react';
import { expect, it } from 'vitest';
import { RefusalNotice } from './notice';

const block = {
  rule: 18,
  code: 'consent_refused',
  line: null,
  subject: null,
  nl: 'Vader heeft geweigerd.',
  en: 'The father refused.',
  ways_out: [{ code: 'other_basis', nl: 'Kies een andere grondslag.', en: 'Choose another privacy basis.' }],
} as const;

it('a refusal by the rules tells every rule and its ways out, at once', () => {
  render(<RefusalNotice refusal={{ refused_by: 'rules', blocks: [{ ...block, ways_out: [...block.ways_out] }] }} />);
  const alert = screen.getByRole('alert');
  expect(alert.textContent).toContain('Vader heeft geweigerd.');
  expect(alert.textContent).toContain('regel 18');
  expect(alert.textContent).toContain('Kies een andere grondslag.');
});

it('the same in English', () => {
  i18n.activate('en');
  render(<RefusalNotice refusal={{ refused_by: 'rules', blocks: [{ ...block, ways_out: [...block.ways_out] }] }} />);
  expect(screen.getByRole('alert').textContent).toContain('The father refused.');
});
