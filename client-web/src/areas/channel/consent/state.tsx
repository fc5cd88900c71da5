import { i18n } from '@lingui/core';
import { Badge } from '../../../parts/page';
import type { IconName } from '../../../parts/icons';

/** The states a consent can be in, as the engine names them. */
export function StateBadge({ state }: { state: string }) {
  const { tone, icon, label } = look(state);
  return (
    <Badge tone={tone} icon={icon}>
      {label}
    </Badge>
  );
}

function look(state: string): { tone: 'good' | 'warning' | 'danger' | 'plain'; icon: IconName; label: string } {
  switch (state) {
    case 'given':
      return { tone: 'good', icon: 'check', label: i18n._('gegeven') };
    case 'refused':
      return { tone: 'danger', icon: 'cross', label: i18n._('geweigerd') };
    case 'withdrawn':
      return { tone: 'danger', icon: 'stop', label: i18n._('ingetrokken') };
    case 'expired':
      return { tone: 'warning', icon: 'clock', label: i18n._('verlopen') };
    case 'unsafe_to_ask':
      return { tone: 'warning', icon: 'alert', label: i18n._('niet veilig om te vragen') };
    case 'secrecy_only':
      return { tone: 'warning', icon: 'shield', label: i18n._('alleen geldig voor het beroepsgeheim') };
    case 'not_yet':
      return { tone: 'warning', icon: 'clock', label: i18n._('gaat nog in') };
    case 'incomplete':
      return { tone: 'warning', icon: 'alert', label: i18n._('niet iedereen heeft geantwoord') };
    default:
      return { tone: 'danger', icon: 'stop', label: i18n._('niet geldig') };
  }
}
