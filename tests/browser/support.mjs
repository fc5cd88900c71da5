// What every browser story needs: a server of its own, people with one-time links, browsers with a
// profile that lasts, and eyes: axe and screenshots.

import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

// The web client's lock file names the versions for the tests too.
const require = createRequire(new URL('../../client-web/package.json', import.meta.url));
const { chromium } = require('playwright-core');
const axeSource = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');

const here = fileURLToPath(new URL('.', import.meta.url));
const binaries = process.env.BERAAD_BIN ?? join(process.env.CARGO_TARGET_DIR ?? join(homedir(), '.cache/beraad/target'), 'debug');
const screenshots = join(here, 'screenshots');

export const PASSPHRASE = 'zeven groene fietsen zingen';
export const DESKTOP = { width: 1280, height: 800 };
export const PHONE = { width: 390, height: 844 };
/** The narrowest phone that everything has to fit. */
const NARROW = { width: 360, height: 740 };

const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

const endings = new WeakMap();

/** Does this when the story is over; what began last ends first. */
function atTheEnd(t, end) {
  if (!endings.has(t)) {
    endings.set(t, []);
    t.after(async () => {
      for (const each of endings.get(t).reverse()) await each();
    });
  }
  endings.get(t).push(end);
}

/** The steps of a story, one after the other. What follows a failed step would only fail after it, and is skipped. */
export function steps(t) {
  let failed = false;
  return (name, step) =>
    t.test(name, { skip: failed }, async (inner) => {
      try {
        await step(inner);
      } catch (error) {
        failed = true;
        for (const [index, page] of (pages.get(t) ?? []).entries()) {
          for (const complaint of page.complaints) inner.diagnostic(complaint);
          if (!page.isClosed()) await picture(page, `failed-${index}`).catch(() => undefined);
        }
        throw error;
      }
    });
}

const pages = new WeakMap();

/** A folder that is gone when the story is over. */
export function scratch(t) {
  const folder = mkdtempSync(join(tmpdir(), 'beraad-browser-'));
  atTheEnd(t, () => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));
  return folder;
}

/** Starts a server with an empty store; gives its address and the first administrator's link. */
export async function startServer(t, folder) {
  const child = spawn(join(binaries, 'beraad-server'), ['--data', join(folder, 'server'), '--listen', '127.0.0.1:0'], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  atTheEnd(t, () => new Promise((done) => {
    child.once('exit', done);
    if (child.exitCode !== null) done();
    child.kill('SIGKILL');
  }));
  let said = '';
  child.stderr.on('data', (text) => (said += text));
  const link = await new Promise((found, failed) => {
    let out = '';
    child.stdout.on('data', (text) => {
      out += text;
      const match = /http:\/\/\S+\/#\/enrol\/\S+/.exec(out);
      if (match !== null) found(match[0]);
    });
    child.once('exit', (code) => failed(new Error(`the server ended with ${code}: ${said}`)));
  });
  return { url: new URL('/', link).href, link };
}

/** Runs `beraad` for one profile; gives what it printed as JSON. */
export function beraad(folder, name, ...args) {
  return new Promise((done, failed) => {
    execFile(
      join(binaries, 'beraad'),
      [...args, '--json', '--profile', join(folder, 'profiles', name)],
      { env: { ...process.env, BERAAD_PASSPHRASE: PASSPHRASE }, maxBuffer: 64 * 1024 * 1024 },
      (error, stdout, stderr) => {
        if (error !== null) failed(new Error(`beraad ${args.join(' ')}: ${error.message}\n${stderr}`));
        else done(stdout.trim() === '' ? null : JSON.parse(stdout));
      },
    );
  });
}

/** Runs `beraad` as is; gives its exit code and what it printed. */
export function run(...args) {
  return new Promise((done) => {
    execFile(join(binaries, 'beraad'), args, (error, stdout, stderr) => done({ code: error?.code ?? 0, stdout, stderr }));
  });
}

/**
 * Two fictional organisations with their people. Officers are enrolled in the terminal, so that
 * both have a register; everybody else gets a link.
 */
export async function region(folder, server, { officerInBrowser = false } = {}) {
  await beraad(folder, 'host', 'enrol', server.link);
  const open = async (name, kind, admin) => (await beraad(folder, 'host', 'org', 'open', name, '--kind', kind, '--admin', admin)).link;
  const duinVt = await open('Veilig Thuis Waterrijk', 'VT', 'Ada Beheer');
  const duinGgz = await open('GGZ Duinzicht', 'GGZ', 'Ben Beheer');
  await Promise.all([beraad(folder, 'vt-admin', 'enrol', duinVt), beraad(folder, 'ggz-admin', 'enrol', duinGgz)]);
  const invite = async (admin, name, work, roles, capacities = []) =>
    (
      await beraad(folder, admin, 'invite', name, '--function', work, ...roles.flatMap((role) => ['--role', role]), ...capacities.flatMap((each) => ['--capacity', each]))
    ).link;
  const links = {};
  const vt = async () => {
    links.anna = await invite('vt-admin', 'Anna de Vries', 'casusregisseur', ['professional'], ['VT_MELDING']);
    links.carla = await invite('vt-admin', 'Carla Smit', 'coördinator', ['coordinator']);
    links.fatima = await invite('vt-admin', 'Fatima El Amrani', 'functionaris gegevensbescherming', ['compliance_officer']);
    if (!officerInBrowser) await officer(folder, 'vt-officer', links.fatima);
  };
  const ggz = async () => {
    links.bilal = await invite('ggz-admin', 'Bilal Yıldız', 'behandelaar', ['professional'], ['GGZ_BEHANDELAAR']);
    await officer(folder, 'ggz-officer', await invite('ggz-admin', 'Gijs Bakker', 'functionaris gegevensbescherming', ['compliance_officer']));
  };
  await Promise.all([vt(), ggz()]);
  return links;
}

async function officer(folder, profile, link) {
  await beraad(folder, profile, 'enrol', link);
  // The register key is made on the first connection.
  await beraad(folder, profile, 'register');
}

/** A browser with a profile that outlives it. */
export async function browse(t, folder, name, { viewport = DESKTOP } = {}) {
  const context = await chromium.launchPersistentContext(join(folder, 'browsers', name), {
    executablePath: process.env.BERAAD_CHROMIUM ?? '/usr/bin/chromium',
    headless: true,
    args: FLAGS,
    viewport,
    locale: 'nl-NL',
    timezoneId: 'Europe/Amsterdam',
    reducedMotion: 'reduce',
    acceptDownloads: true,
  });
  atTheEnd(t, () => context.close().catch(() => undefined));
  context.setDefaultTimeout(20_000);
  const page = context.pages()[0] ?? (await context.newPage());
  pages.set(t, [...(pages.get(t) ?? []), page]);
  page.complaints = [];
  page.on('console', (message) => {
    if (message.type() === 'error') page.complaints.push(message.text());
  });
  page.on('pageerror', (error) => page.complaints.push(String(error)));
  return { context, page };
}

/** Enrols the person of the link on this browser, as a person would. */
export async function enrol(page, link) {
  await page.goto(link);
  await page.getByRole('heading', { name: 'Aanmelden op dit apparaat' }).waitFor();
  assert.ok(!page.url().includes(link.split('/').at(-1)), 'the secret has left the address');
  await page.getByLabel('Kies een wachtzin').fill(PASSPHRASE);
  await page.getByLabel('Herhaal de wachtzin').fill(PASSPHRASE);
  await page.getByRole('button', { name: 'Meld dit apparaat aan' }).click();
  await online(page);
}

export async function unlock(page, passphrase = PASSPHRASE) {
  await page.getByLabel('Wachtzin').fill(passphrase);
  await page.getByRole('button', { name: 'Ontgrendel', exact: true }).click();
}

/** Waits until the app says that it is connected and has read everything. */
export async function online(page) {
  await page.getByText('Verbonden', { exact: true }).waitFor();
}

/** Fails on anything axe finds against WCAG 2.2 A and AA. React Aria's own announcer is left out: it names elements that have gone by the time it speaks. */
export async function accessible(page, where) {
  // Evaluated by the debugger, so that the page keeps its own content security policy.
  await page.evaluate(axeSource);
  const found = await page.evaluate(async () => {
    const result = await globalThis.axe.run({ exclude: ['[data-live-announcer]'] }, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] });
    return result.violations.map(({ id, help, nodes }) => `${id}: ${help}\n${nodes.map((node) => `    ${node.target.join(' ')} ${node.failureSummary ?? ''}`).join('\n')}`);
  });
  assert.deepEqual(found, [], `axe on ${where}`);
}

/** A picture to look at; never compared. */
export async function picture(page, name) {
  mkdirSync(screenshots, { recursive: true });
  await page.screenshot({ path: join(screenshots, `${name}.png`) });
}

/** The picture in the README, made anew when BERAAD_PORTRAIT is set. */
export async function portrait(page) {
  if (process.env.BERAAD_PORTRAIT === undefined) return;
  await page.mouse.move(0, 0);
  await page.getByRole('button', { name: 'English' }).click();
  await page.screenshot({ path: join(here, '../../docs/screenshot.png') });
  await page.getByRole('button', { name: 'Nederlands' }).click();
}

/** The screen as it is at both sizes, in both languages and in the dark: checked by axe, and pictured. */
export async function seen(page, name, { english = true } = {}) {
  for (const [size, viewport] of [['desktop', DESKTOP], ['phone', PHONE]]) {
    await page.setViewportSize(viewport);
    await accessible(page, `${name} (${size})`);
    await picture(page, `${name}-${size}-nl`);
    await fits(page, `${name} (${size})`);
  }
  await page.setViewportSize(NARROW);
  await fits(page, `${name} (narrow)`);
  await page.setViewportSize(DESKTOP);
  await page.emulateMedia({ colorScheme: 'dark' });
  await accessible(page, `${name} (dark)`);
  await picture(page, `${name}-dark-nl`);
  await page.emulateMedia({ colorScheme: 'light' });
  if (!english) return;
  await page.getByRole('button', { name: 'English' }).click();
  await accessible(page, `${name} (English)`);
  await picture(page, `${name}-desktop-en`);
  await page.getByRole('button', { name: 'Nederlands' }).click();
}

/** Nothing has to be scrolled sideways, and the app never scrolls out of its frame. */
async function fits(page, where) {
  const { wide, sunk } = await page.evaluate(() => {
    const { scrollWidth, clientWidth, scrollHeight, clientHeight } = document.documentElement;
    const wider = [...document.querySelectorAll('main, main *')]
      .filter((each) => each.scrollWidth > each.clientWidth + 1 && getComputedStyle(each).overflowX === 'auto' && each.closest('.panels, .table-frame') === null)
      .map((each) => each.className);
    return {
      wide: scrollWidth > clientWidth ? ['the page', ...wider] : wider,
      sunk: document.querySelector('.shell') === null ? 0 : scrollHeight - clientHeight,
    };
  });
  assert.deepEqual(wide, [], `${where} does not scroll sideways`);
  assert.ok(sunk <= 0, `${where} scrolls within its frame only, not by ${sunk} more`);
}

/** Chooses an option of a select that has this label. */
export async function choose(scope, label, option) {
  await scope.getByRole('button', { name: new RegExp(`${label}`) }).click();
  await (scope.page?.() ?? scope).getByRole('option', { name: option }).first().click();
}

/** Two professionals of two organisations, each in a browser of their own. */
export async function pair(t, options) {
  const folder = scratch(t);
  const server = await startServer(t, folder);
  const links = await region(folder, server, options);
  const [anna, bilal] = await Promise.all([browse(t, folder, 'anna'), browse(t, folder, 'bilal')]);
  await Promise.all([enrol(anna.page, links.anna), enrol(bilal.page, links.bilal)]);
  return { folder, server, links, anna, bilal };
}

/** Goes to one of the areas in the navigation. */
export function area(page, name) {
  return page.getByRole('navigation', { name: 'Onderdelen', exact: true }).getByRole('link', { name }).click();
}

/** Opens a household with a colleague; gives the case code. Ends in its conversation. */
export async function openHousehold(page, name, colleague) {
  await area(page, 'Begin');
  await page.getByRole('link', { name: 'Nieuw huishouden' }).click();
  await page.getByLabel('Naam van het huishouden').fill(name);
  await tick(page, new RegExp(colleague));
  await page.getByRole('button', { name: 'Open het huishouden' }).click();
  const code = /Zaakcode: (.+)/.exec(await page.getByText(/^Zaakcode: /).innerText())[1];
  await page.getByRole('link', { name: 'Naar het huishouden' }).click();
  await page.getByRole('heading', { name, level: 1 }).waitFor();
  return code;
}

export async function goToHousehold(page, name) {
  await area(page, 'Begin');
  await page.getByRole('main').getByRole('link', { name: new RegExp(name) }).click();
  await page.getByRole('heading', { name, level: 1 }).waitFor();
}

export async function say(page, text) {
  await page.getByLabel('Bericht', { exact: true }).fill(text);
  await page.getByRole('button', { name: 'Verstuur' }).click();
}

/** The messages on screen, in order. */
export function messages(page) {
  return page.locator('.message-text').allInnerTexts();
}

/** Waits until the messages on screen are exactly these. */
export async function shows(page, expected) {
  await page
    .waitForFunction(
      (wanted) => JSON.stringify([...document.querySelectorAll('.message-text')].map((each) => each.innerText)) === JSON.stringify(wanted),
      expected,
    )
    .catch(async () => assert.deepEqual(await messages(page), expected));
}

export function panel(page, name) {
  return page.getByRole('navigation', { name: 'Onderdelen van dit huishouden' }).getByRole('link', { name: new RegExp(`^${name}`) }).click();
}

/** Adds a person of the household; `look` sees the form when it is filled in. */
export async function addPerson(page, { name, relation, born = null, deciders = [] }, look = async () => undefined) {
  await page.getByRole('button', { name: 'Voeg een persoon toe' }).click();
  const form = page.getByRole('form', { name: 'Nieuwe persoon' });
  await form.getByLabel('Naam', { exact: true }).fill(name);
  await form.getByLabel(/Plaats in het huishouden/).fill(relation);
  if (born !== null) {
    await form.getByRole('spinbutton', { name: /dag, Geboortedatum/ }).click();
    await page.keyboard.type(born);
  }
  for (const [index, decider] of deciders.entries()) {
    await form.getByRole('button', { name: 'Voeg toe wie beslist' }).click();
    await choose(form.locator('.inset-form').nth(index), 'Persoon', decider);
    await form.getByLabel('Bron').nth(index).fill('gezagsregister');
  }
  await look();
  await form.getByRole('button', { name: 'Bewaar' }).click();
  await page.getByRole('heading', { name: new RegExp(`^${name}`), level: 3 }).waitFor();
}

/** Ticks a box, or chooses one of a few, by the words beside it. */
export function tick(scope, words) {
  return scope.locator('label').filter({ hasText: words }).first().click();
}
