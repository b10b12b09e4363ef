/** The child of the agent rig: a real process that connects back to the test and does what the test tells it. */
'use strict';
const { spawn } = require('node:child_process');
const fs = require('node:fs');
const net = require('node:net');

/** Started by a one-line launcher that the rig writes, which passes the rig's socket on. */
module.exports = function obey(socketPath) {
  const test = net.connect(socketPath);
  const tell = (message) => test.write(`${JSON.stringify(message)}\n`);
  const { argv, pid, env } = process;
  tell({ is: 'started', argv: argv.slice(2), pid, env, cwd: process.cwd() });

  const orders = {
    stdout: ({ base64 }, done) => process.stdout.write(Buffer.from(base64, 'base64'), done),
    stderr: ({ base64 }, done) => process.stderr.write(Buffer.from(base64, 'base64'), done),
    /** A line too large to be sent through the socket first. */
    stdoutFilled: ({ before, fill, times, after }, done) => {
      process.stdout.write(before);
      process.stdout.write(fill.repeat(times));
      process.stdout.write(after, done);
    },
    readStdin: (_order, done) => {
      const chunks = [];
      process.stdin.on('data', (chunk) => chunks.push(chunk));
      process.stdin.on('end', () => done(Buffer.concat(chunks).toString('base64')));
    },
    closeStdin: (_order, done) => process.stdin.destroy().once('close', () => done()),
    closeStdout: (_order, done) => {
      fs.closeSync(1);
      done();
    },
    ignore: ({ signal }, done) => {
      process.on(signal, () => tell({ is: 'signalled', signal }));
      done();
    },
    /** `stdio` is the grandchild's own: `inherit` holds our pipes open. */
    grandchild: ({ stdio, ignoresTerm, ownGroup }, done) => {
      const body = `${ignoresTerm ? "process.on('SIGTERM', () => {});" : ''} setInterval(() => {}, 1000); process.send('up');`;
      const child = spawn(process.execPath, ['-e', body], {
        stdio: [...Array(3).fill(stdio), 'ipc'],
        detached: ownGroup,
      });
      child.once('message', () => {
        child.disconnect();
        child.unref();
        done(child.pid);
      });
    },
    exit: ({ code }) => process.exit(code),
    kill: ({ signal }) => process.kill(process.pid, signal),
  };

  let rest = '';
  test.setEncoding('utf8');
  test.on('data', (text) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop();
    for (const line of lines) {
      const order = JSON.parse(line);
      orders[order.do](order, (value) => tell({ is: 'done', order: order.id, value }));
    }
  });
  // The test is over, however that came: nothing of it stays behind.
  test.on('close', () => process.exit(99));
};
