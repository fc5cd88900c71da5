// A compliance officer sees what her organisation disclosed and received, and exports it.

import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'node:test';
import { addPerson, area, browse, choose, enrol, goToHousehold, openHousehold, panel, region, run, scratch, seen, startServer, steps, tick } from './support.mjs';

test('an officer accounts: register, record, package, and a check without the server', { timeout: 240_000 }, async (t) => {
  const step = steps(t);
  const folder = scratch(t);
  const server = await startServer(t, folder);
  const links = await region(folder, server, { officerInBrowser: true });
  const fatima = await browse(t, folder, 'fatima');
  await enrol(fatima.page, links.fatima);

  await step('the register is empty at first, and ready', async () => {
    await area(fatima.page, 'Register');
    await fatima.page.getByText('Er staat nog niets in het register.').waitFor();
    await fatima.page.getByRole('link', { name: 'Exporteer' }).waitFor();
  });

  await step('a disclosure and a consent of a household she is not in arrive, and can be read', async () => {
    await disclose(t, folder, links);
    const rows = fatima.page.getByRole('row').filter({ hasText: 'Lena Waterman' });
    await rows.filter({ hasText: 'verstrekking' }).waitFor();
    await rows.filter({ hasText: 'toestemming' }).waitFor();
    assert.equal(await fatima.page.getByText('klopt niet').count(), 0);
    await seen(fatima.page, 'register');
  });

  await step('the list is narrowed by kind', async () => {
    await choose(fatima.page.getByRole('form', { name: 'Filter' }), 'Soort', 'Toestemmingen');
    await fatima.page.getByText('1 registratie', { exact: true }).waitFor();
    await choose(fatima.page.getByRole('form', { name: 'Filter' }), 'Soort', 'Alles');
  });

  await step('a record says everything but what was shared', async () => {
    await fatima.page.getByRole('row').filter({ hasText: 'verstrekking' }).getByRole('link').click();
    await fatima.page.getByText('stand van de behandeling').waitFor();
    assert.equal(await fatima.page.getByText('Lena slaapt slecht').count(), 0, 'the content is not in the register');
    await seen(fatima.page, 'record');
    await fatima.page.getByRole('link', { name: 'Register' }).last().click();
  });

  await step('the package she saves is OK offline, and CHANGED after one byte', async () => {
    await fatima.page.getByRole('link', { name: 'Exporteer' }).click();
    await seen(fatima.page, 'export');
    await fatima.page.getByLabel('Waarvoor is de export?').fill('controle door de toezichthouder');
    await fatima.page.getByLabel('Op welke grond?').fill('artikel 58 AVG');
    await fatima.page.getByLabel('Voor wie?').fill('de toezichthouder');
    const [download] = await Promise.all([
      fatima.page.waitForEvent('download'),
      fatima.page.getByRole('button', { name: 'Maak het pakket' }).click(),
    ]);
    const file = join(folder, 'package.zip');
    await download.saveAs(file);
    await fatima.page.getByText('Het pakket is gemaakt', { exact: true }).waitFor();
    await seen(fatima.page, 'exported');
    const verdict = await run('verify', file);
    assert.equal(verdict.code, 0, verdict.stdout + verdict.stderr);
    assert.match(verdict.stdout, /OK/);
    const bytes = await readFile(file);
    // Somewhere within the first file's stored bytes.
    bytes[200] ^= 1;
    await writeFile(file, bytes);
    const changed = await run('verify', file);
    assert.notEqual(changed.code, 0);
    assert.match(changed.stdout, /CHANGED/);
    assert.deepEqual(fatima.page.complaints, []);
  });
});

/** Bilal discloses about Lena to Veilig Thuis, on her consent. */
async function disclose(t, folder, links) {
  const [anna, bilal] = await Promise.all([browse(t, folder, 'anna'), browse(t, folder, 'bilal')]);
  await Promise.all([enrol(anna.page, links.anna), enrol(bilal.page, links.bilal)]);
  await openHousehold(anna.page, 'Familie Waterman', 'Bilal');
  const { page } = bilal;
  await goToHousehold(page, 'Familie Waterman');
  await panel(page, 'Personen');
  await addPerson(page, { name: 'Lena Waterman', relation: 'moeder', born: '04051988' });
  await panel(page, 'Toestemming');
  await page.getByRole('link', { name: 'Leg toestemming vast' }).click();
  await choose(page, 'Over wie gaan de gegevens', /Lena/);
  await tick(page.getByRole('radiogroup', { name: /Lena Waterman/ }), /^Gegeven|^Ja/);
  await tick(page.getByRole('group', { name: 'Welke soorten gegevens?' }), /Psychi/);
  await tick(page.getByRole('group', { name: 'Aan welke organisaties?' }), /Veilig Thuis/);
  await tick(page.getByRole('group', { name: 'Met welk doel?' }), /[Vv]eiligheidsplan/);
  await page.getByLabel(/Wat hebt u uitgelegd/).fill('Wat we delen, met wie en waarom.');
  await tick(page, /Vrij gegeven/);
  await page.getByRole('button', { name: 'Leg vast' }).click();
  await page.getByText('gegeven', { exact: true }).waitFor();
  await panel(page, 'Gedeeld');
  await page.getByRole('link', { name: 'Deel informatie' }).click();
  await page.getByLabel('Wat wilt u delen?').fill('Lena slaapt slecht en is somber.');
  await tick(page.getByRole('group', { name: 'Over wie gaat het?' }), /Lena/);
  await tick(page.getByRole('group', { name: 'Welke soorten gegevens?' }), /Psychi/);
  await choose(page, 'Met welk doel', /[Vv]eiligheidsplan/);
  await page.getByLabel(/Omschrijving voor de verantwoording/).fill('stand van de behandeling');
  await page.getByRole('button', { name: /Deel met 1 organisatie/ }).click();
  await page.getByText('Verantwoording').first().waitFor();
}
