// SPDX-FileCopyrightText: 2026 The biomcp-auth authors
// SPDX-License-Identifier: LGPL-2.1-or-later
//
// node --require loopback.cjs SERVER: some servers listen on every interface and cannot be told
// otherwise. Sends each listen() to 127.0.0.1 and reports the port to the parent, so that a server
// can be started on port 0.
'use strict';
const net = require('node:net');

// A server never outlives the test that started it.
if (process.send) process.once('disconnect', () => process.exit());

const listen = net.Server.prototype.listen;

function toLoopback([target, ...rest]) {
  if (target !== null && typeof target === 'object' && 'port' in target)
    return [{ ...target, host: '127.0.0.1' }, ...rest];
  if (target === undefined || typeof target === 'function')
    return [{ port: 0, host: '127.0.0.1' }, target];
  if (Number.isInteger(Number(target))) {
    const callback = rest.find((argument) => typeof argument === 'function');
    return [{ port: Number(target), host: '127.0.0.1' }, callback];
  }
  return [target, ...rest];
}

net.Server.prototype.listen = function listenOnLoopback(...args) {
  this.once('listening', () => {
    const address = this.address();
    if (address?.port && process.send) process.send({ listening: address.port });
  });
  return listen.apply(this, toLoopback(args));
};
