// The first administrator opens an organisation, whose administrator invites colleagues.

import assert from 'node:assert/strict';
import test from 'node:test';
import { accessible, area, browse, choose, enrol, scratch, seen, startServer, steps, tick } from './support.mjs';

test('from an empty server to an invited colleague, in the browser alone', { timeout: 120_000 }, async (t) => {
  const step = steps(t);
  const folder = scratch(t);
  const server = await startServer(t, folder);
  const host = await browse(t, folder, 'host');
  let link;

  await step('the first administrator enrols with the link the server printed', async () => {
    await enrol(host.page, server.link);
    await area(host.page, 'Organisaties');
    await host.page.getByText('Er zijn nog geen organisaties.').waitFor();
  });

  await step('an organisation is opened, and its administrator gets a link that is shown once', async () => {
    await host.page.getByRole('button', { name: 'Open een organisatie' }).click();
    await host.page.getByLabel('Naam van de organisatie').fill('Lokaal team Zeedijk');
    await choose(host.page.getByRole('form'), 'Soort organisatie', /[Ll]okaal team/);
    await host.page.getByLabel('Naam van de eerste beheerder').fill('Dewi Admin');
    await host.page.getByRole('button', { name: 'Open en maak een link' }).click();
    link = await host.page.getByLabel('Link', { exact: true }).inputValue();
    await seen(host.page, 'organisations');
    await host.page.getByText('nog geen register').waitFor();
    await host.page.getByRole('button', { name: 'Klaar' }).click();
    assert.equal(await host.page.getByLabel('Link', { exact: true }).count(), 0);
  });

  await step('the administrator invites a colleague, who sees only what the role has', async () => {
    const admin = await browse(t, folder, 'admin');
    await enrol(admin.page, link);
    await area(admin.page, 'Collega');
    await admin.page.getByRole('button', { name: 'Nodig een collega uit' }).click();
    await admin.page.getByLabel('Naam', { exact: true }).fill('Emre Kaya');
    await admin.page.getByLabel('Functie', { exact: true }).fill('gezinswerker');
    await tick(admin.page.getByRole('group', { name: /hoedanigheden/ }), /[Ll]okaal team/);
    await accessible(admin.page, 'the invitation of a colleague');
    await admin.page.getByRole('button', { name: 'Maak een eenmalige link' }).click();
    const invited = await admin.page.getByLabel('Link', { exact: true }).inputValue();
    await admin.page.getByText('Emre Kaya', { exact: true }).waitFor();
    await seen(admin.page, 'colleagues');
    const emre = await browse(t, folder, 'emre');
    await enrol(emre.page, invited);
    assert.equal(await emre.page.getByRole('link', { name: 'Collega’s' }).count(), 0);
    await emre.page.goto(`${server.url}#/colleagues`);
    await emre.page.getByRole('heading', { name: 'Hier is niets' }).waitFor();
    await emre.page.getByRole('link', { name: 'Naar het begin' }).click();
    await emre.page.getByRole('link', { name: 'Nieuw huishouden' }).click();
    await emre.page.getByText('Uw organisatie kan nog niet meedoen').waitFor();
    await accessible(emre.page, 'an organisation without a register');
    for (const { page } of [host, admin, emre]) assert.deepEqual(page.complaints, []);
  });
});
