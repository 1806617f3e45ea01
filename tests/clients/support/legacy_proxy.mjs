// Between a client and the node: hides the groups of the new specification, so that the client takes the legacy methods.

import { WebSocket, WebSocketServer } from 'ws';

const MODERN = /^(chainHead|chainSpec|transaction|transactionWatch|archive)_v1_/;

export class LegacyProxy {
  #server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  /** Calls that the client made, by name. */
  calls = new Set();
  url;

  async start(target) {
    if (!this.#server.address()) await new Promise((resolve) => this.#server.once('listening', resolve));
    this.url = `ws://127.0.0.1:${this.#server.address().port}`;
    this.#server.on('connection', (client) => this.#join(client, new WebSocket(target)));
    return this;
  }

  #join(client, node) {
    const early = [];
    const lists = new Set();
    client.on('message', (data) => {
      const text = data.toString();
      for (const request of [JSON.parse(text)].flat()) {
        this.calls.add(request.method);
        if (request.method === 'rpc_methods') lists.add(request.id);
        if (MODERN.test(request.method)) {
          const error = { code: -32601, message: 'Method not found' };
          client.send(JSON.stringify({ jsonrpc: '2.0', id: request.id, error }));
          return;
        }
      }
      if (node.readyState === WebSocket.OPEN) node.send(text);
      else early.push(text);
    });
    node.on('open', () => early.splice(0).forEach((text) => node.send(text)));
    node.on('message', (data) => {
      let text = data.toString();
      const message = JSON.parse(text);
      if (lists.delete(message.id)) {
        message.result.methods = message.result.methods.filter((name) => !MODERN.test(name));
        text = JSON.stringify(message);
      }
      client.send(text);
    });
    client.on('close', () => node.close());
    node.on('close', () => client.close());
    node.on('error', () => client.close());
  }

  stop() {
    for (const client of this.#server.clients) client.terminate();
    this.#server.close();
  }
}
