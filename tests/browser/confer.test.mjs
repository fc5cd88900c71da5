// The agenda of a conference, edited by two people at once.

import test from 'node:test';
import { addPerson, choose, goToHousehold, openHousehold, pair, panel, portrait, say, seen, steps } from './support.mjs';

test('an agenda is edited live by two people and nothing is lost', { timeout: 240_000 }, async (t) => {
  const step = steps(t);
  const { anna, bilal } = await pair(t);
  await openHousehold(anna.page, 'Familie Waterman', 'Bilal');
  await goToHousehold(bilal.page, 'Familie Waterman');

  await step('the case lead plans a conference from the household', async () => {
    await panel(anna.page, 'Overleg');
    await anna.page.getByText('Er is nog geen overleg gepland.').waitFor();
    await anna.page.getByRole('link', { name: 'Plan een overleg' }).click();
    await anna.page.getByRole('button', { name: 'Plan en nodig uit' }).click();
    await anna.page.getByRole('button', { name: 'Voeg een agendapunt toe' }).waitFor();
    await panel(bilal.page, 'Overleg');
    await bilal.page.getByRole('button', { name: 'Voeg een agendapunt toe' }).waitFor();
  });

  await step('items of the safety plan appear with the other as they are put', async () => {
    await add(anna.page, 'Zorg over gevaar', async (form) => {
      await form.getByLabel(/Wie maakt zich zorgen/).fill('School en huisarts');
      await form.getByLabel(/Over welk gevaar/).fill('Ruzie met slaan als vader heeft gedronken');
      await form.getByLabel(/Wat doet dat met wie/).fill('Noor slaapt slecht');
    });
    await bilal.page.getByText('Ruzie met slaan als vader heeft gedronken').first().waitFor();
    await add(bilal.page, 'Veiligheidsdoel', async (form) => {
      await form.getByLabel(/Wat zien we als het veilig is/).fill('Vader drinkt niet als hij bij de kinderen is');
      await form.getByLabel(/Hoe lang/).fill('zes maanden');
    });
    await add(anna.page, 'Afspraak', async (form) => {
      await form.getByLabel('Wie?', { exact: true }).fill('Moeder');
      await form.getByLabel('Doet wat?').fill('belt haar zus');
      await form.getByLabel(/Wanneer, of/).fill('als vader drinkt');
    });
    await add(bilal.page, 'Veiligheidscijfer', async (form) => {
      await form.getByLabel('Wie geeft het cijfer?').fill('Moeder');
      await form.getByRole('slider').press('ArrowLeft');
      await form.getByLabel(/Waarom dit cijfer/).fill('Het is rustiger');
    });
    await add(anna.page, 'Actie', async (form) => {
      await form.getByLabel('Wat moet er gebeuren?').fill('Huisarts bellen');
      await choose(form, 'Wie doet het', /Bilal/);
    });
    await bilal.page.getByText('Huisarts bellen').first().waitFor();
    await anna.page.getByText('Moeder geeft een 4').waitFor();
    await seen(anna.page, 'agenda');
    await say(anna.page, 'Ik heb onze zorg en de afspraak met moeder op de agenda gezet.');
    await say(bilal.page, 'Dank je. Het doel en het cijfer staan er nu ook bij.');
    await anna.page.getByText('Het doel en het cijfer staan er nu ook bij.').waitFor();
    await anna.page.getByRole('heading', { name: 'Zorgen en krachten' }).evaluate((each) => each.scrollIntoView());
    await portrait(anna.page);
  });

  await step('an open form is never put over, and both versions are kept', async () => {
    const open = (page) => page.getByRole('button', { name: 'Wijzig: Vader drinkt niet als hij bij de kinderen is' });
    await open(anna.page).click();
    await open(bilal.page).click();
    const goal = /Wat zien we als het veilig is/;
    await anna.page.getByLabel(goal).fill('Vader drinkt niet, de kinderen zijn thuis rustig');
    await bilal.page.getByLabel(goal).fill('Vader volgt zijn behandeling');
    await anna.page.getByRole('button', { name: 'Bewaar' }).click();
    await anna.page.getByText('Vader drinkt niet, de kinderen zijn thuis rustig').first().waitFor();
    await bilal.page.getByText('Anna de Vries heeft dit intussen gewijzigd').waitFor();
    await seen(bilal.page, 'agenda-overtaken');
    await bilal.page.getByRole('button', { name: 'Bewaar' }).click();
    for (const { page } of [anna, bilal]) {
      await page.getByText('Dit is tegelijk gewijzigd.').waitFor();
      await page.locator('.version').getByText('Vader drinkt niet, de kinderen zijn thuis rustig').waitFor();
      await page.locator('.version').getByText('Vader volgt zijn behandeling').waitFor();
    }
    await seen(anna.page, 'agenda-conflict');
  });

  await step('merging makes one version of the two, for everybody', async () => {
    await anna.page.getByRole('button', { name: 'Voeg samen' }).click();
    await anna.page.getByLabel(/Wat zien we als het veilig is/).fill('Vader volgt zijn behandeling en drinkt niet; de kinderen zijn rustig');
    await anna.page.getByRole('button', { name: 'Bewaar' }).click();
    for (const { page } of [anna, bilal]) {
      await page.locator('.item').getByText('Vader volgt zijn behandeling en drinkt niet; de kinderen zijn rustig').waitFor();
      await page.getByText('Dit is tegelijk gewijzigd.').waitFor({ state: 'detached' });
    }
  });

  await step('an item is taken off, after asking', async () => {
    await bilal.page.getByRole('button', { name: 'Haal weg: Huisarts bellen' }).click();
    await bilal.page.getByRole('alertdialog').getByRole('button', { name: 'Haal weg' }).click();
    await anna.page.locator('.item').getByText('Huisarts bellen').waitFor({ state: 'detached' });
  });

  await step('persons are put once and seen by both', async () => {
    await panel(anna.page, 'Personen');
    await addPerson(anna.page, { name: 'Lena Waterman', relation: 'moeder', born: '04051988' });
    await addPerson(anna.page, { name: 'Noor Waterman', relation: 'dochter', born: '01022017', deciders: ['Lena Waterman'] }, () => seen(anna.page, 'person-form'));
    await panel(bilal.page, 'Personen');
    await bilal.page.getByRole('heading', { name: /Noor Waterman/, level: 3 }).waitFor();
    await seen(anna.page, 'persons');
  });
});

/** Puts an item of one kind on the agenda. */
async function add(page, kind, fill) {
  await page.getByRole('button', { name: 'Voeg een agendapunt toe' }).click();
  const form = page.getByRole('form', { name: 'Nieuw agendapunt' });
  await choose(form, 'Soort', kind);
  await fill(form);
  await form.getByRole('button', { name: 'Bewaar' }).click();
  await form.waitFor({ state: 'detached' });
}
