import { i18n } from '@lingui/core';
import type { Connection } from '../engine/contract';
import { Icon } from '../parts/icons';

interface ConnectionStateProps {
  connection: Connection;
  waiting: number;
}

/** Whether the server is there, and what waits to be sent. */
export function ConnectionState({ connection, waiting }: ConnectionStateProps) {
  const waits = waiting > 0 ? i18n._('{waiting, plural, one {# wacht} other {# wachten}}', { waiting }) : null;
  return (
    <div className={`connection ${connection.state}`} role="status">
      <Icon name={connection.state === 'offline' ? 'offline' : 'online'} />
      <span>{words(connection)}</span>
      {connection.state === 'catching_up' && (
        <progress max={Math.max(1, connection.total)} value={connection.done} aria-label={i18n._('Bijlezen')} />
      )}
      {waits !== null && <span className="waiting-count">{waits}</span>}
    </div>
  );
}

function words(connection: Connection): string {
  switch (connection.state) {
    case 'offline':
      return i18n._('Geen verbinding');
    case 'catching_up':
      return i18n._('Bijlezen: {done} van {total}', { done: connection.done, total: connection.total });
    case 'online':
      return i18n._('Verbonden');
  }
}
