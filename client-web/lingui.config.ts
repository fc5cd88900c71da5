import type { LinguiConfig } from '@lingui/conf';

const config: LinguiConfig = {
  sourceLocale: 'nl',
  locales: ['nl', 'en'],
  catalogs: [{ path: '<rootDir>/src/locales/{locale}', include: ['src'], exclude: ['**/*.test.*', 'src/engine/**', 'src/dev/**'] }],
  format: 'po',
  formatOptions: { lineNumbers: false, origins: false },
  compileNamespace: 'ts',
};

export default config;
