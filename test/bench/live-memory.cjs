/*
 * Loaded into a Hearth that is measured: at SIGUSR2 it collects all garbage and tells on standard error what is left. What a
 * process holds between two collections rises and falls by megabytes; only what survives one can be growth.
 */
'use strict';

const v8 = require('node:v8');
const vm = require('node:vm');

v8.setFlagsFromString('--expose-gc');
const collect = vm.runInNewContext('gc');

process.on('SIGUSR2', () => {
  // Twice: what is freed through finalisers goes in the second.
  collect();
  setImmediate(() => {
    collect();
    const { heapUsed, external } = process.memoryUsage();
    process.stderr.write(`${JSON.stringify({ type: 'live-memory', bytes: heapUsed + external })}\n`);
  });
});
