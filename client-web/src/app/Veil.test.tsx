import { fireEvent, render, screen } from '@testing-library/react';
import { expect, it } from 'vitest';
import { Veil } from './Veil';

it('two quick presses of Escape hide, and what was typed is still there', () => {
  render(
    <Veil>
      <input aria-label="field" defaultValue="" />
    </Veil>,
  );
  fireEvent.change(screen.getByLabelText('field'), { target: { value: 'half a sentence' } });
  fireEvent.keyDown(window, { key: 'Escape' });
  expect(document.documentElement.hasAttribute('data-veiled')).toBe(false);
  fireEvent.keyDown(window, { key: 'Escape' });
  expect(document.documentElement.hasAttribute('data-veiled')).toBe(true);
  fireEvent.click(screen.getByText('Verder'));
  expect(document.documentElement.hasAttribute('data-veiled')).toBe(false);
  expect(screen.getByLabelText<HTMLInputElement>('field').value).toBe('half a sentence');
});

it('a held key is one press', () => {
  render(<Veil>content</Veil>);
  fireEvent.keyDown(window, { key: 'Escape' });
  fireEvent.keyDown(window, { key: 'Escape', repeat: true });
  expect(document.documentElement.hasAttribute('data-veiled')).toBe(false);
});
