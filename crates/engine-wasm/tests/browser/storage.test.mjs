// The engine's database in a real browser: encrypted, durable, one holder at a time.
// Run by `cargo xtask test`, after `cargo xtask web`.

import assert from 'node:assert/strict';
import { readdir, readFile, mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';

const client = new URL('../../../../client-web/', import.meta.url);
const { chromium } = createRequire(client)('playwright-core');

const WORKER = `
import init, { WasmEngine, deriveKey } from '/pkg/engine.js';
const ready = init({ module_or_path: '/pkg/engine_bg.wasm' });
const calls = {
  async open(name, key) {
    const seed = crypto.getRandomValues(new Uint8Array(32));
    globalThis.engine = await WasmEngine.open(name, Uint8Array.from(key), seed, Date.now());
    return engine.enrolled();
  },
  derive: (passphrase, salt) => Array.from(deriveKey(passphrase, Uint8Array.from(salt))),
  enrol: (token) => engine.beginEnrol(token, Date.now()),
  view: (request) => engine.view(request, Date.now()),
  close: () => engine.close(),
  losePrivateFiles: () => { delete StorageManager.prototype.getDirectory; },
};
onmessage = async ({ data: { id, call, given } }) => {
  await ready;
  try {
    postMessage({ id, value: await calls[call](...given) });
  } catch (thrown) {
    postMessage({ id, code: thrown.code ?? String(thrown) });
  }
};`;

const PAGE = `<!doctype html><link rel="icon" href="data:,"><script type="module">
let asked = 0;
const waiting = new Map();
const workers = [0, 1].map(() => {
  const worker = new Worker('/worker.js', { type: 'module' });
  worker.onmessage = ({ data }) => waiting.get(data.id)(data);
  return worker;
});
window.ask = (worker, call, given) => new Promise((answered) => {
  const id = ++asked;
  waiting.set(id, answered);
  workers[worker].postMessage({ id, call, given });
});
</script>`;

const KEY = Array.from({ length: 32 }, (_, i) => i);
const OTHER_KEY = KEY.map((byte) => byte ^ 1);
const CANARY = 'kanarievogel';

let server;
let profile;
let browser;
let page;

before(async () => {
  server = createServer((request, response) => {
    serve(request.url).then(
      ([type, body]) => response.writeHead(200, { 'content-type': type }).end(body),
      () => response.writeHead(404).end(),
    );
  });
  await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
  profile = await mkdtemp(join(tmpdir(), 'beraad-storage-'));
  await start();
});

after(async () => {
  await browser?.close();
  server?.close();
  if (profile) await rm(profile, { recursive: true, force: true, maxRetries: 5 });
});

test('a key opens what it made, also after the browser was closed', async () => {
  assert.deepEqual(await ask(0, 'open', 'one', KEY), { value: false });
  const first = await ask(0, 'enrol', CANARY);
  assert.ok(first.value.includes(CANARY));
  assert.deepEqual(await ask(0, 'close'), { value: undefined });

  await browser.close();
  await start();
  assert.deepEqual(await ask(0, 'open', 'one', KEY), { value: false });
  // The same link gives the same device: what was drawn for it is still there.
  assert.deepEqual(await ask(0, 'enrol', CANARY), first);
  await ask(0, 'close');
});

test('another key is refused, and the right one still opens', async () => {
  assert.deepEqual(await ask(0, 'open', 'one', OTHER_KEY), { code: 'wrong_key' });
  assert.deepEqual(await ask(0, 'open', 'one', KEY), { value: false });
  await ask(0, 'close');
});

test('a second worker is refused until the first gives the database back', async () => {
  assert.deepEqual(await ask(0, 'open', 'one', KEY), { value: false });
  assert.deepEqual(await ask(1, 'open', 'one', KEY), { code: 'storage_busy' });
  assert.deepEqual(await ask(1, 'open', 'two', OTHER_KEY), { value: false });
  await ask(1, 'close');
  await ask(0, 'close');
  assert.deepEqual(await ask(1, 'open', 'one', KEY), { value: false });
  await ask(1, 'close');
});

test('a passphrase gives the same key each time, and another passphrase another', async () => {
  const salt = KEY.slice(0, 16);
  const key = await ask(0, 'derive', 'een lange zin', salt);
  assert.equal(key.value.length, 32);
  assert.deepEqual(await ask(0, 'derive', 'een lange zin', salt), key);
  assert.notDeepEqual(await ask(0, 'derive', 'een lange zon', salt), key);
  assert.deepEqual(await ask(0, 'derive', '', salt), { code: 'passphrase_length' });
});

test('an engine that is nobody yet shows that, and refuses nonsense by name', async () => {
  await ask(0, 'open', 'one', KEY);
  const home = JSON.parse((await ask(0, 'view', '{"view":"home"}')).value);
  assert.equal(home.ok.me, null);
  assert.deepEqual(await ask(0, 'view', '{"view":"nonsense"}'), { code: 'invalid' });
  assert.deepEqual(await ask(0, 'open', '../up', KEY), { code: 'invalid' });
  await ask(0, 'close');
});

test('where the browser keeps no files, nothing is opened', async () => {
  await ask(1, 'losePrivateFiles');
  assert.deepEqual(await ask(1, 'open', 'one', KEY), { code: 'storage_missing' });
});

test('nothing that was written can be read from the disk', async () => {
  await browser.close();
  const files = await privateFiles(profile);
  const contain = (text) => files.some((file) => file.includes(text));
  // The pool's own file name is kept in the open: the search does look in the right place.
  assert.ok(contain('engine.db'));
  assert.ok(!contain(CANARY));
  assert.ok(!contain('SQLite format 3'));
  assert.ok(!contain('CREATE TABLE'));
});

async function ask(worker, call, ...given) {
  const answer = await page.evaluate(([w, c, g]) => window.ask(w, c, g), [worker, call, given]);
  return 'code' in answer ? { code: answer.code } : { value: answer.value };
}

async function start() {
  browser = await chromium.launchPersistentContext(profile, {
    executablePath: process.env.BERAAD_CHROMIUM ?? '/usr/bin/chromium',
    headless: true,
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
      '--disable-background-networking', '--disable-component-update', '--disable-sync'],
  });
  page = await browser.newPage();
  await page.goto(`http://127.0.0.1:${server.address().port}/`);
  await page.waitForFunction(() => 'ask' in window);
}

async function serve(path) {
  if (path === '/') return ['text/html', PAGE];
  if (path === '/worker.js') return ['text/javascript', WORKER];
  const [, name] = path.match(/^\/pkg\/(engine\.js|engine_bg\.wasm)$/);
  const type = name.endsWith('.js') ? 'text/javascript' : 'application/wasm';
  return [type, await readFile(new URL(`src/engine/pkg/${name}`, client))];
}

/** The content of every file in the browser's origin private file system. */
async function privateFiles(folder) {
  const root = join(folder, 'Default', 'File System');
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  return Promise.all(files.map((file) => readFile(join(file.parentPath ?? file.path, file.name))));
}
