/** Which screen stands: by where the worker is, then by the route. */

import { i18n } from '@lingui/core';
import { useLingui } from '@lingui/react';
import { I18nProvider } from 'react-aria-components';
import { Elsewhere, Stopped } from '../areas/enrol/Aside';
import { Enrol } from '../areas/enrol/Enrol';
import { Unlock } from '../areas/enrol/Unlock';
import { Welcome } from '../areas/enrol/Welcome';
import { useHome, usePhase } from '../engine/hooks';
import { ANNOUNCEMENTS } from '../parts/announce';
import { Loading } from '../parts/page';
import { Told } from '../parts/told';
import { tag } from '../text/locale';
import { Boundary } from './Boundary';
import { Gate } from './Gate';
import { useLinkToken } from './navigation';
import { recallProfile } from './profile';
import { Shell } from './Shell';
import { Veil } from './Veil';

export function App() {
  // Everything below is drawn anew when the language changes.
  useLingui();
  return (
    <I18nProvider locale={tag()}>
      <Veil>
        <Boundary>
          <Screens />
        </Boundary>
        <Told />
      </Veil>
      <div id={ANNOUNCEMENTS} className="visually-hidden" role="status" aria-live="polite" />
    </I18nProvider>
  );
}

function Screens() {
  const phase = usePhase();
  const token = useLinkToken();
  switch (phase.phase) {
    case 'starting':
      return <Starting />;
    case 'elsewhere':
      return (
        <Gate>
          <Elsewhere />
        </Gate>
      );
    case 'stopped':
      return (
        <Gate>
          <Stopped detail={phase.detail} />
        </Gate>
      );
    case 'locked':
      if (token !== null) return <EnrolGate token={token} />;
      return <Gate>{recallProfile() === null ? <Welcome /> : <Unlock />}</Gate>;
    case 'open':
      if (!phase.enrolled) return token === null ? <Gate><Welcome unfinished /></Gate> : <EnrolGate token={token} />;
      return token === null ? <Inside /> : <EnrolGate token={token} />;
  }
}

function EnrolGate({ token }: { token: string }) {
  return (
    <Gate>
      <Enrol token={token} key={token} />
    </Gate>
  );
}

function Inside() {
  const home = useHome();
  if (home.view?.me == null) return <Starting />;
  return <Shell me={home.view.me} home={home.view} />;
}

function Starting() {
  return (
    <main className="gate">
      <Loading label={i18n._('Beraad wordt gestart…')} />
    </main>
  );
}
