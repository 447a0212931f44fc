/*
 * The engine, fitted to Hearth before anything of Hearth is loaded (measured with `npm run bench -- --only idle`). Both are hints:
 * where an engine does not know them, or nothing may be written, Hearth runs all the same.
 */
'use strict';

const path = require('node:path');
const nodeModule = require('node:module');
const v8 = require('node:v8');

/*
 * What is young here is garbage a moment later. The space for it would grow to tens of megabytes in the first second and stay
 * so; at its first size it is emptied more often, for a tenth of a millisecond, and 15 MB less are in use.
 */
v8.setFlagsFromString('--semi-space-growth-factor=1');

/*
 * Sources run as they are, so the first start reads, strips and compiles them all; what comes of it is kept for the next ones,
 * which start sooner and take 25 MB less. Inside the installation, where no other user of this computer can put code.
 */
nodeModule.enableCompileCache?.(path.join(__dirname, '..', '..', 'node_modules', '.cache', 'hearth'));
