/** What a script would find if it ever got out of its realm: run in place of the script host, with the host's own command line. */
'use strict';
const BAIT = `${require('node:os').tmpdir()}/andwait-second-wall`;
const attempts = {
  'read a file': () => require('node:fs').readFileSync('/etc/passwd', 'utf8').length,
  'list a folder': () => require('node:fs').readdirSync('/').length,
  'write a file': () => require('node:fs').writeFileSync(BAIT, 'x'),
  'start a program': () => require('node:child_process').execFileSync('/bin/true'),
  'start a worker': () => new (require('node:worker_threads').Worker)('1', { eval: true }),
  'make code from text': () => new Function('return 1')(),
  // biome-ignore lint/security/noGlobalEval: to be refused is what it is tried for
  'evaluate text': () => eval('1'),
  'load a native addon': () => process.dlopen({ exports: {} }, '/x.node'),
  'write by a database': () => new (require('node:sqlite').DatabaseSync)(`${BAIT}.db`),
  'change a built-in': () => {
    Object.prototype.polluted = 1;
  },
  'reach a prototype': () => ({}).__proto__,
  'see the environment': () => {
    const names = Object.keys(process.env).filter((name) => !['PWD', 'SHLVL', '_', 'OLDPWD'].includes(name));
    if (names.length === 0) throw new Error('empty');
    return names;
  },
};

function outcome(attempt) {
  try {
    return `SUCCEEDED ${attempt()}`;
  } catch (error) {
    return error.code ?? error.name;
  }
}

const found = Object.fromEntries(Object.entries(attempts).map(([name, attempt]) => [name, outcome(attempt)]));
const socket = require('node:net').connect(Number(process.argv[2]), '127.0.0.1');
const done = (network) => {
  socket.destroy();
  process.stdout.write(JSON.stringify({ ...found, network, cwd: process.cwd() }));
};
socket.once('connect', () => done('SUCCEEDED'));
socket.once('error', (error) => done(error.code));
