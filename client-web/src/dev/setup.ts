/** What every test starts from: Dutch, and nothing kept. */

import { i18n } from '@lingui/core';
import { cleanup } from '@testing-library/react';
import { afterEach, beforeEach } from 'vitest';
import '../text/locale';

beforeEach(() => {
  localStorage.clear();
  i18n.activate('nl');
});

afterEach(() => cleanup());
