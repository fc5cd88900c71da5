import { chooseLanguage, language } from '../text/locale';
import { i18n } from '@lingui/core';

/** Dutch or English, named in their own language. */
export function LanguageSwitch() {
  const other = language() === 'nl' ? 'en' : 'nl';
  return (
    <button type="button" className="language" lang={other} onClick={() => chooseLanguage(other)} title={i18n._('Andere taal')}>
      {other === 'en' ? 'English' : 'Nederlands'}
    </button>
  );
}
