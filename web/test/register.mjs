// Lets node load the panel's modules as a browser does: bare names come from
// the vendored files, every file is a module. Used as `node --import`.
import { register } from 'node:module';

register('./resolve.mjs', import.meta.url);
