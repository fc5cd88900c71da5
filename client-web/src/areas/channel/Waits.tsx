import { i18n } from '@lingui/core';
import { useConnection } from '../../engine/hooks';
import { Notice } from '../../parts/notice';

/** Says that what was asked for is kept and waits for the connection. */
export function Waits({ busy }: { busy: boolean }) {
  const connection = useConnection();
  if (!busy || connection.state === 'online') return null;
  return (
    <Notice tone="warning" live="status">
      <p>{i18n._('Er is nu geen verbinding. Dit is bewaard en gaat verder zodra er weer verbinding is. U mag dit scherm verlaten.')}</p>
    </Notice>
  );
}
