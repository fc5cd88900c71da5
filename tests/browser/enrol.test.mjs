// One link makes a browser a device of one person.

import assert from 'node:assert/strict';
import test from 'node:test';
import { accessible, browse, enrol, online, region, scratch, seen, startServer, steps, unlock } from './support.mjs';

test('a browser becomes a device, locks, hides and opens again', { timeout: 120_000 }, async (t) => {
  const step = steps(t);
  const folder = scratch(t);
  const server = await startServer(t, folder);
  const links = await region(folder, server);
  const { context, page } = await browse(t, folder, 'anna');

  await step('without a link the browser says what is needed', async () => {
    await page.goto(server.url);
    await page.getByRole('heading', { name: 'Welkom' }).waitFor();
    await seen(page, 'welcome');
  });

  await step('a link that does not exist says so and how to get another', async () => {
    await page.goto(`${server.url}#/enrol/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA`);
    await page.getByText('Deze link bestaat niet of is al gebruikt.').waitFor();
    await accessible(page, 'a wrong link');
    await page.getByRole('button', { name: 'Verder zonder link' }).click();
  });

  await step('the link says whose it is, and short or unequal passphrases are refused in words', async () => {
    await page.goto(links.anna);
    await page.getByText('Anna de Vries').waitFor();
    assert.ok(!page.url().includes('enrol'), 'the secret has left the address');
    await seen(page, 'enrol');
    await page.getByLabel('Kies een wachtzin').fill('kort');
    await page.getByLabel('Herhaal de wachtzin').fill('korter');
    await page.getByRole('button', { name: 'Meld dit apparaat aan' }).click();
    await page.getByText('Deze wachtzin is te kort').waitFor();
    await page.getByText('De twee wachtzinnen zijn niet gelijk.').waitFor();
    await enrol(page, links.anna);
    await seen(page, 'home-empty');
  });

  await step('the title and the address name nobody', async () => {
    assert.equal(await page.title(), 'Beraad');
    assert.equal(new URL(page.url()).hash, '#/');
  });

  await step('Escape twice covers everything at once, and coming back asks nothing', async () => {
    await page.keyboard.press('Escape');
    await page.keyboard.press('Escape');
    await page.getByText('Deze pagina is leeg.').waitFor();
    assert.equal(await page.getByText('Anna de Vries').first().isVisible(), false);
    await accessible(page, 'the cover');
    await page.getByRole('button', { name: 'Verder' }).click();
    await page.getByRole('heading', { name: 'Dag Anna de Vries' }).waitFor();
  });

  await step('a wrong passphrase is told, the right one opens', async () => {
    await page.getByRole('button', { name: 'Vergrendel' }).click();
    await page.getByRole('heading', { name: 'Ontgrendelen' }).waitFor();
    await seen(page, 'unlock');
    await unlock(page, 'dit is de verkeerde zin');
    await page.getByText('Deze wachtzin klopt niet.').waitFor();
    await page.getByRole('button', { name: 'Wachtzin vergeten?' }).click();
    await page.getByRole('dialog').getByText('Niemand kan uw wachtzin terughalen').waitFor();
    await accessible(page, 'the explanation of a forgotten passphrase');
    await page.getByRole('button', { name: 'Terug', exact: true }).click();
    await unlock(page);
    await online(page);
  });

  await step('a second tab says so, and can take over', async () => {
    const second = await context.newPage();
    await second.goto(server.url);
    await second.getByRole('heading', { name: 'Beraad is open in een ander tabblad' }).waitFor();
    await seen(second, 'elsewhere');
    await second.getByRole('button', { name: 'Hier verdergaan' }).click();
    await unlock(second);
    await online(second);
    await page.getByRole('heading', { name: 'Beraad is open in een ander tabblad' }).waitFor();
    await second.close();
    await unlock(page);
    await online(page);
  });

  await step('a used link is refused in a browser that is enrolled', async () => {
    await page.goto(links.bilal);
    await page.getByRole('heading', { name: 'Deze browser is al aangemeld' }).waitFor();
    await page.getByRole('button', { name: 'Verder zonder link' }).click();
    await page.getByRole('heading', { name: 'Dag Anna de Vries' }).waitFor();
    const other = await browse(t, folder, 'somebody else');
    await other.page.goto(links.anna);
    await other.page.getByText('Deze link bestaat niet of is al gebruikt.').waitFor();
  });

  assert.deepEqual(page.complaints.filter((text) => !text.includes('410')), []);
});
