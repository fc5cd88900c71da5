/**
 * The dedicated worker: it alone holds the engine, its database, the keys and the connection.
 * The page sees views and sends intents.
 */

import init, { deriveKey, WasmEngine } from 'beraad-engine';
import wasmUrl from 'beraad-engine/wasm?url';
import { asCallError, CallError, type Ask, type Profile, type Tell } from '../engine/rpc';
import { enrolDevice, fetchCalendar, previewLink } from './api';
import { EngineHost, type EnginePort, type Line, type LineEvents } from './host';
import { hold } from './single';

const ready = init({ module_or_path: new URL(wasmUrl, self.location.origin) });

const host = new EngineHost({
  openEngine,
  connect,
  enrolDevice,
  now: () => Date.now(),
  random: () => Math.random(),
  after(millis, then) {
    // Browsers wrap delays over 2^31 ms to none at all.
    const timer = setTimeout(then, Math.min(millis, 2 ** 31 - 1));
    return () => clearTimeout(timer);
  },
  phase: (phase) => tell({ tell: 'phase', phase }),
  changed: (topics) => tell({ tell: 'changed', topics }),
});

const single = hold(
  () => tell({ tell: 'phase', phase: { phase: 'locked' } }),
  () => tell({ tell: 'phase', phase: { phase: 'elsewhere' } }),
  () => host.lock(),
);

self.addEventListener('message', (event: MessageEvent<Ask>) => {
  const ask = event.data;
  perform(ask).then(
    (value) => tell({ tell: 'answer', id: ask.id, value }),
    (thrown: unknown) => {
      const error = asCallError(thrown);
      tell({ tell: 'failed', id: ask.id, code: error.code, detail: error.message });
    },
  );
});
self.addEventListener('online', () => host.network(true));
self.addEventListener('offline', () => host.network(false));

async function perform(ask: Ask): Promise<unknown> {
  switch (ask.call) {
    case 'open':
      await host.open(ask.argument.profile, ask.argument.passphrase);
      return null;
    case 'lock':
      host.lock();
      return null;
    case 'wipe':
      host.lock();
      await wipe();
      return null;
    case 'take_over':
      single.takeOver();
      return null;
    case 'network':
      host.network(ask.argument.online);
      return null;
    case 'preview':
      return previewLink(ask.argument.token);
    case 'enrol':
      await host.enrol(ask.argument.token);
      return null;
    case 'view':
      return host.view(ask.argument);
    case 'intent':
      return host.intent(ask.argument, () => tell({ tell: 'queued', id: ask.id }));
    case 'calendar':
      return { text: await fetchCalendar(ask.argument.conference, host.sessionToken()) };
  }
}

async function openEngine(profile: Profile, passphrase: string): Promise<EnginePort> {
  if (typeof navigator.storage.getDirectory !== 'function') {
    throw new CallError('storage_missing', 'This browser keeps no files for sites.');
  }
  await ready;
  const key = deriveKey(passphrase, bytesOf(profile.salt));
  try {
    const seed = crypto.getRandomValues(new Uint8Array(32));
    return (await WasmEngine.open(profile.name, key, seed, Date.now())) as EnginePort;
  } finally {
    key.fill(0);
  }
}

function connect(events: LineEvents): Line {
  const url = new URL('/api/socket', self.location.origin);
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
  const socket = new WebSocket(url);
  socket.binaryType = 'arraybuffer';
  socket.addEventListener('open', () => events.opened());
  socket.addEventListener('message', (event: MessageEvent<unknown>) => {
    if (event.data instanceof ArrayBuffer) events.received(new Uint8Array(event.data));
  });
  socket.addEventListener('close', () => events.closed());
  return {
    send(bytes) {
      if (socket.readyState === WebSocket.OPEN) socket.send(new Uint8Array(bytes));
    },
    close: () => socket.close(),
  };
}

/** Removes everything this origin keeps in the private file system. */
async function wipe(): Promise<void> {
  const root = await navigator.storage.getDirectory();
  for await (const name of root.keys()) await root.removeEntry(name, { recursive: true });
}

function bytesOf(hex: string): Uint8Array {
  return Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}

function tell(message: Tell): void {
  self.postMessage(message);
}
