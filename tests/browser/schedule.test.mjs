// A coordinator plans by case code; the invitee replies and takes the neutral calendar item.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import test from 'node:test';
import { area, browse, choose, enrol, openHousehold, pair, seen, steps, tick } from './support.mjs';

test('a coordinator plans for a code, invitees reply, and the calendar item is neutral', { timeout: 180_000 }, async (t) => {
  const step = steps(t);
  const { folder, links, anna, bilal } = await pair(t);
  const code = await openHousehold(anna.page, 'Familie Waterman', 'Bilal');
  const carla = await browse(t, folder, 'carla');
  await enrol(carla.page, links.carla);

  await step('the coordinator sees the code and nothing of the household', async () => {
    await area(carla.page, 'Plannen');
    await carla.page.getByText(code).waitFor();
    assert.equal(await carla.page.getByText('Waterman').count(), 0);
  });

  await step('she plans with required capacities and invitees', async () => {
    await carla.page.getByRole('link', { name: `Plan een overleg voor ${code}` }).click();
    await tick(carla.page, /Behandelaar/);
    await seen(carla.page, 'plan-form');
    await choose(carla.page, 'Wie zit voor', /Anna/);
    await carla.page.getByRole('button', { name: 'Plan en nodig uit' }).click();
    await carla.page.getByText('Nog niet zeker: niet iedereen').waitFor();
    await seen(carla.page, 'planning');
  });

  await step('the invitee replies, and the light turns', async () => {
    await area(bilal.page, 'Uitnodigingen');
    await seen(bilal.page, 'invitations');
    await bilal.page.getByRole('button', { name: 'Ik kom', exact: true }).click();
    await carla.page.getByText('Compleet: iedereen die nodig is, komt').waitFor();
    await bilal.page.getByRole('button', { name: 'Ik kom niet' }).click();
    await carla.page.getByText('Niet compleet: iemand die nodig is, ontbreekt').waitFor();
    await bilal.page.getByRole('button', { name: 'Ik kom', exact: true }).click();
    await carla.page.getByText('Compleet: iedereen die nodig is, komt').waitFor();
  });

  await step('the calendar item names nobody and nothing', async () => {
    const [download] = await Promise.all([
      bilal.page.waitForEvent('download'),
      bilal.page.getByRole('button', { name: /In uw agenda/ }).click(),
    ]);
    const text = await readFile(await download.path(), 'utf8');
    assert.match(text, /BEGIN:VEVENT/);
    for (const secret of [code, 'Waterman', 'Anna', 'Bilal', 'Veilig Thuis', 'GGZ', 'ATTENDEE']) assert.ok(!text.includes(secret), `no ${secret}`);
  });

  await step('she moves it and calls it off', async () => {
    await carla.page.getByRole('link', { name: /Verzet of wijzig/ }).click();
    await carla.page.getByRole('spinbutton', { name: /uur, Begint/ }).press('ArrowUp');
    await carla.page.getByRole('button', { name: 'Bewaar en laat het weten' }).click();
    await carla.page.getByText('11:00–').waitFor();
    await bilal.page.getByText('11:00–').waitFor();
    await carla.page.getByRole('button', { name: /Zeg af/ }).click();
    await carla.page.getByRole('alertdialog').getByRole('button', { name: 'Zeg het overleg af' }).click();
    await bilal.page.getByText('gaat niet door').waitFor();
    for (const { page } of [anna, bilal, carla]) assert.deepEqual(page.complaints, []);
  });
});
