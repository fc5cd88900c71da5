/** The entry: starts the worker and shows the app on what it tells. */

import { startApp } from './app/start';
import workerUrl from './worker/index?worker&url';

/** Only this one script may become a worker; everything else the browser refuses (Trusted Types). */
const scripts = window.trustedTypes?.createPolicy('beraad', {
  createScriptURL(url) {
    if (new URL(url, location.href).origin !== location.origin) throw new TypeError('a script of another origin');
    return url;
  },
});

const url = scripts === undefined ? workerUrl : (scripts.createScriptURL(workerUrl) as unknown as string);
const worker = new Worker(url, { type: 'module', name: 'beraad' });
startApp(worker);
