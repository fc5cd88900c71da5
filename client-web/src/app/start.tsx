/** Puts the app on the page. */

import { i18n } from '@lingui/core';
import { I18nProvider } from '@lingui/react';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { EngineClient, type Port } from '../engine/client';
import { EngineContext } from '../engine/hooks';
import { ViewStore } from '../engine/store';
import { recallLanguage } from '../text/locale';
import { App } from './App';
import '../styles/base.css';
import '../styles/parts.css';
import '../styles/layout.css';
import '../styles/areas.css';

export function startApp(port: Port): void {
  recallLanguage();
  const client = new EngineClient(port);
  const tools = { client, store: new ViewStore(client) };
  const tellNetwork = (online: boolean) => {
    client.call('network', { online }).catch((error: unknown) => reportError(error));
  };
  window.addEventListener('online', () => tellNetwork(true));
  window.addEventListener('offline', () => tellNetwork(false));
  const root = document.getElementById('root');
  if (root === null) throw new Error('index.html has a root');
  createRoot(root).render(
    <StrictMode>
      <I18nProvider i18n={i18n}>
        <EngineContext value={tools}>
          <App />
        </EngineContext>
      </I18nProvider>
    </StrictMode>,
  );
}
