// Two professionals of two organisations write to each other.

import assert from 'node:assert/strict';
import test from 'node:test';
import { accessible, browse, goToHousehold, online, openHousehold, pair, panel, say, seen, shows, steps, unlock } from './support.mjs';

test('two browsers talk live and in order, over a reload and a time offline', { timeout: 180_000 }, async (t) => {
  const step = steps(t);
  const { folder, anna, bilal } = await pair(t);
  let again;

  await step('the one who begins names the household and adds a colleague of another organisation', async () => {
    await anna.page.getByRole('link', { name: 'Nieuw huishouden' }).click();
    await anna.page.getByRole('checkbox', { name: /Bilal/ }).waitFor();
    await seen(anna.page, 'new-household');
    await openHousehold(anna.page, 'Familie Waterman', 'Bilal');
    await goToHousehold(bilal.page, 'Familie Waterman');
  });

  await step('messages arrive live and in the same order on both sides', async () => {
    await say(anna.page, 'Goedemorgen Bilal, kun je vandaag?');
    await shows(bilal.page, ['Goedemorgen Bilal, kun je vandaag?']);
    await say(bilal.page, 'Ja, na tien uur.');
    await say(anna.page, 'Mooi. Ik zet het op de agenda.');
    const all = ['Goedemorgen Bilal, kun je vandaag?', 'Ja, na tien uur.', 'Mooi. Ik zet het op de agenda.'];
    await shows(anna.page, all);
    await shows(bilal.page, all);
    await seen(anna.page, 'conversation');
  });

  await step('a reload asks for the passphrase and shows everything that was there, typed text included', async () => {
    await bilal.page.getByLabel('Bericht', { exact: true }).fill('Nog niet af');
    await bilal.page.reload();
    await bilal.page.getByRole('heading', { name: 'Ontgrendelen' }).waitFor();
    assert.equal(await bilal.page.getByText('Goedemorgen').count(), 0, 'nothing is readable while it is locked');
    await unlock(bilal.page);
    await shows(bilal.page, ['Goedemorgen Bilal, kun je vandaag?', 'Ja, na tien uur.', 'Mooi. Ik zet het op de agenda.']);
    assert.equal(await bilal.page.getByLabel('Bericht', { exact: true }).inputValue(), 'Nog niet af');
    await bilal.page.getByLabel('Bericht', { exact: true }).fill('');
  });

  await step('offline and back: everything arrives once and in order', async () => {
    await online(bilal.page);
    await bilal.context.setOffline(true);
    await bilal.page.getByText('Geen verbinding', { exact: true }).waitFor();
    await say(bilal.page, 'Ik zit in de trein.');
    await say(bilal.page, 'Ik lees zo mee.');
    await bilal.page.getByText('wacht op verzenden').first().waitFor();
    await seen(bilal.page, 'offline');
    await say(anna.page, 'Geen haast.');
    await say(anna.page, 'We beginnen om tien uur.');
    await bilal.context.setOffline(false);
    await online(bilal.page);
    const before = ['Goedemorgen Bilal, kun je vandaag?', 'Ja, na tien uur.', 'Mooi. Ik zet het op de agenda.'];
    const after = ['Geen haast.', 'We beginnen om tien uur.', 'Ik zit in de trein.', 'Ik lees zo mee.'];
    await shows(anna.page, [...before, ...after]);
    await shows(bilal.page, [...before, ...after]);
    assert.equal(await bilal.page.getByText('wacht op verzenden').count(), 0);
  });

  await step('closing the browser and opening it again shows the same', async () => {
    await bilal.context.close();
    again = await browse(t, folder, 'bilal');
    await again.page.goto(anna.page.url());
    await unlock(again.page);
    await shows(again.page, await anna.page.locator('.message-text').allInnerTexts());
    assert.deepEqual(again.page.complaints, []);
  });

  await step('a message is written and sent by keyboard alone, and the focus can be seen', async () => {
    await anna.page.evaluate(() => document.activeElement?.blur());
    await anna.page.keyboard.press('Tab');
    assert.equal(await anna.page.evaluate(() => document.activeElement?.textContent), 'Naar de inhoud', 'the first stop skips the navigation');
    await anna.page.keyboard.press('Enter');
    const field = anna.page.getByLabel('Bericht', { exact: true });
    for (let presses = 0; presses < 30 && !(await field.evaluate((each) => each === document.activeElement)); presses += 1) {
      await anna.page.keyboard.press('Tab');
      const outline = await anna.page.evaluate(() => getComputedStyle(document.activeElement).outlineStyle);
      assert.notEqual(outline, 'none', 'what has the focus shows it');
    }
    await anna.page.keyboard.type('Zonder muis.');
    await anna.page.keyboard.press('Enter');
    await anna.page.locator('.message-text').getByText('Zonder muis.').waitFor();
    assert.equal(await field.inputValue(), '');
  });

  await step('members are shown with their organisation', async () => {
    await panel(anna.page, 'Deelnemers');
    await anna.page.getByRole('heading', { name: 'GGZ Duinzicht' }).waitFor();
    await seen(anna.page, 'members');
    await anna.page.getByRole('button', { name: 'Voeg collega’s toe' }).click();
    await anna.page.getByRole('heading', { name: 'Collega’s toevoegen' }).waitFor();
    await accessible(anna.page, 'adding colleagues');
    await anna.page.getByRole('button', { name: 'Annuleer' }).click();
  });

  await step('who is taken out reads nothing new and is told so', async () => {
    const gone = again;
    await online(gone.page);
    await anna.page.getByRole('button', { name: 'Verwijder: Bilal Yıldız' }).click();
    await anna.page.getByRole('alertdialog').getByRole('button', { name: 'Verwijder' }).click();
    await anna.page.getByRole('heading', { name: 'GGZ Duinzicht' }).waitFor({ state: 'detached' });
    await gone.page.getByText('U doet hier niet meer mee.').waitFor();
    await panel(gone.page, 'Gesprek');
    await say(anna.page, 'Alleen voor wie nog meedoet.');
    await anna.page.locator('.message-text').getByText('Alleen voor wie nog meedoet.').waitFor();
    assert.equal(await gone.page.getByLabel('Bericht', { exact: true }).count(), 0, 'there is nothing to write with');
    assert.equal(await gone.page.getByText('Alleen voor wie nog meedoet.').count(), 0);
    await seen(gone.page, 'left');
    assert.deepEqual(anna.page.complaints, []);
  });
});
