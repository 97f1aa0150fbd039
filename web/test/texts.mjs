// Loads the Spanish texts, which most modules speak through.
import { readFileSync } from 'node:fs';
import { use } from '../static/js/i18n.js';

use(JSON.parse(readFileSync(new URL('../static/i18n/es.json', import.meta.url), 'utf8')));
