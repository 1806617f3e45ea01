// Plain JSON-RPC, to compare what clients say with what the node says.

import { WebSocket } from 'ws';

/** One call over HTTP POST. */
export async function call(url, method, ...params) {
  const answer = await fetch(url.replace(/^ws/, 'http'), {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }),
  });
  const { result, error } = await answer.json();
  if (error) throw new Error(`${method}: ${error.code} ${error.message}`);
  return result;
}

/** PAPI and dedot look for a global WebSocket, which Node.js 20 has not. */
export function provide_websocket() {
  globalThis.WebSocket ??= WebSocket;
}
