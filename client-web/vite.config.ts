import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import type { Plugin } from 'vite';
import { defineConfig } from 'vitest/config';

const server = process.env['BERAAD_SERVER'] ?? 'http://127.0.0.1:7780';

const pkg = (file: string) => fileURLToPath(new URL(`src/engine/pkg/${file}`, import.meta.url));

/**
 * React Aria empties its announcer through `innerHTML`, which Trusted Types refuse. The build says
 * so when a newer release no longer needs this.
 */
function emptyWithoutHtml(): Plugin {
  return {
    name: 'empty-without-html',
    enforce: 'pre',
    transform(code, id) {
      if (!/dist\/private\/live-announcer\/LiveAnnouncer\.m?js/.test(id)) return null;
      const emptied = code.replace(/\.innerHTML\s*=\s*(?:''|"")/g, '.replaceChildren()');
      if (emptied === code) this.error('React Aria empties its announcer in another way now: look at emptyWithoutHtml');
      return { code: emptied, map: null };
    },
  };
}

export default defineConfig({
  plugins: [react(), emptyWithoutHtml()],
  resolve: {
    alias: [
      { find: /^beraad-engine\/wasm(\?url)$/, replacement: `${pkg('engine_bg.wasm')}$1` },
      { find: /^beraad-engine$/, replacement: pkg('engine.js') },
    ],
  },
  build: {
    target: 'es2022',
    sourcemap: false,
    // The polyfill would need an inline script; every browser with OPFS has module preload.
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 1500,
  },
  worker: { format: 'es' },
  server: {
    proxy: {
      '/api/socket': { target: server.replace(/^http/, 'ws'), ws: true },
      '/api': server,
    },
    headers: {
      'Cross-Origin-Opener-Policy': 'same-origin',
      'Cross-Origin-Embedder-Policy': 'require-corp',
    },
  },
  test: {
    environment: 'jsdom',
    include: ['src/**/*.test.{ts,tsx}'],
    setupFiles: ['src/dev/setup.ts'],
  },
});
