// Consent and disclosure: blocked without a ground, allowed with consent, blocked after withdrawal,
// allowed by law with a motivation.

import assert from 'node:assert/strict';
import test from 'node:test';
import { addPerson, choose, goToHousehold, openHousehold, pair, panel, seen, steps, tick } from './support.mjs';

test('information is shared only on a valid ground', { timeout: 240_000 }, async (t) => {
  const step = steps(t);
  const { anna, bilal } = await pair(t);
  const { page } = bilal;
  await openHousehold(anna.page, 'Familie Waterman', 'Bilal');
  await goToHousehold(page, 'Familie Waterman');
  await panel(anna.page, 'Personen');
  await addPerson(anna.page, { name: 'Lena Waterman', relation: 'moeder', born: '04051988' });
  await panel(page, 'Gedeeld');

  await step('without a ground it is blocked, and the screen says why and what would help', async () => {
    await page.getByRole('link', { name: 'Deel informatie' }).click();
    await fill(page, 'Lena slaapt slecht en is somber.');
    await page.getByText('geblokkeerd').waitFor();
    const share = page.getByRole('button', { name: /Delen kan nog niet/ });
    await share.click();
    assert.equal(await page.evaluate(() => document.activeElement?.classList.contains('check-panel')), true, 'the focus is where the reasons are');
    await seen(page, 'share-blocked');
    assert.equal(await anna.page.locator('.message.information').count(), 0);
  });

  await step('consent is recorded of everybody who has to answer', async () => {
    await panel(page, 'Toestemming');
    await page.getByRole('link', { name: 'Leg toestemming vast' }).click();
    await choose(page, 'Over wie gaan de gegevens', /Lena/);
    await page.getByRole('radiogroup', { name: /Lena Waterman/ }).waitFor();
    await tick(page.getByRole('group', { name: 'Welke soorten gegevens?' }), /Psychi/);
    await tick(page.getByRole('group', { name: 'Aan welke organisaties?' }), /Veilig Thuis/);
    await tick(page.getByRole('group', { name: 'Met welk doel?' }), /[Vv]eiligheidsplan/);
    await tick(page.getByRole('radiogroup', { name: /Lena Waterman/ }), /^Gegeven|^Ja/);
    await page.getByLabel(/Wat hebt u uitgelegd/).fill('Wat we delen, met wie en waarom, en dat zij het kan intrekken.');
    await tick(page, /Vrij gegeven/);
    await seen(page, 'consent-form');
    await page.getByRole('button', { name: 'Leg vast' }).click();
    await page.getByText('gegeven', { exact: true }).waitFor();
    await seen(page, 'consent-list');
    await panel(anna.page, 'Toestemming');
    await anna.page.getByText('gegeven', { exact: true }).waitFor();
  });

  await step('on that consent it is shared, from the form as it was left', async () => {
    await panel(page, 'Gedeeld');
    await page.getByRole('link', { name: 'Deel informatie' }).click();
    assert.equal(await page.getByLabel('Wat wilt u delen?').inputValue(), 'Lena slaapt slecht en is somber.');
    await page.getByText('Dit mag worden gedeeld').waitFor();
    await seen(page, 'share-allowed');
    await page.getByRole('button', { name: /Deel met 1 organisatie/ }).click();
    await page.getByText('Verantwoording').first().waitFor();
    await panel(anna.page, 'Gesprek');
    await anna.page.locator('.message.information').getByText('Lena slaapt slecht en is somber.').waitFor();
    await seen(anna.page, 'information');
    await panel(anna.page, 'Gedeeld');
    await anna.page.getByText('Verantwoording').first().click();
    await seen(anna.page, 'disclosures');
  });

  await step('consent is withdrawn in two clicks, with what that does on screen', async () => {
    await panel(anna.page, 'Toestemming');
    await anna.page.getByRole('button', { name: /^Trek in/ }).click();
    await anna.page.getByText('Wat eerder terecht is gedeeld, blijft gedeeld.').waitFor();
    // Behind a dialog nothing else can be reached, the language neither.
    await seen(anna.page, 'withdraw', { english: false });
    await anna.page.getByRole('button', { name: 'Trek de toestemming in' }).click();
    await anna.page.getByText('ingetrokken', { exact: true }).waitFor();
  });

  await step('after the withdrawal it is blocked again, and what was shared stays', async () => {
    await page.getByRole('link', { name: 'Deel informatie' }).click();
    await fill(page, 'Lena begint met een nieuwe behandeling.');
    await page.getByText('geblokkeerd').waitFor();
    await page.getByRole('button', { name: /Delen kan nog niet/ }).waitFor();
    assert.equal(await page.getByText('Dit mag worden gedeeld').count(), 0);
    assert.equal(await page.locator('.message.information').count(), 1);
  });

  await step('by law, with a provision and a motivation, it is allowed', async () => {
    await choose(page, 'Bepaling', /meld|5\.2\.6/);
    await page.getByLabel('Waarom is delen nodig?').fill('Er is een vermoeden van huiselijk geweld; Veilig Thuis moet de veiligheid kunnen beoordelen.');
    await page.getByLabel('Waarom is precies dit nodig?').fill('Zonder de start van de behandeling is het risico niet goed te wegen.');
    await page.getByLabel(/Waarom weegt dit op/).fill('De veiligheid van moeder weegt zwaarder dan de inbreuk op haar privacy.');
    await page.getByLabel('Waarom kan het niet met minder?').fill('Alleen dat de behandeling begint wordt gedeeld, geen inhoud ervan.');
    await page.getByText('Dit mag worden gedeeld').waitFor();
    await page.getByRole('button', { name: /Deel met 1 organisatie/ }).click();
    await panel(anna.page, 'Gesprek');
    await anna.page.locator('.message.information').getByText('Lena begint met een nieuwe behandeling.').waitFor();
    assert.deepEqual(anna.page.complaints, []);
    assert.deepEqual(page.complaints, []);
  });
});

async function fill(page, text) {
  await page.getByLabel('Wat wilt u delen?').fill(text);
  await tick(page.getByRole('group', { name: 'Over wie gaat het?' }), /Lena/);
  await tick(page.getByRole('group', { name: 'Welke soorten gegevens?' }), /Psychi/);
  await choose(page, 'Met welk doel', /[Vv]eiligheidsplan/);
  await page.getByLabel(/Omschrijving voor de verantwoording/).fill('stand van de behandeling');
}
