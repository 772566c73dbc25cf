/** What the baselines answer: bytes by path, got by message from the harness; the answer is the port. */
import type { Server } from 'node:http';
import type { AddressInfo, Server as SocketServer } from 'node:net';

export type Content = ReadonlyMap<string, Buffer>;

/** Waits for the content, listens with the server made of it and says on which port. */
export function serveContent(serverOf: (content: Content) => Server | SocketServer): void {
  process.once('message', (entries: readonly (readonly [string, string])[]) => {
    const server = serverOf(new Map(entries.map(([path, text]) => [path, Buffer.from(text)])));
    server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port));
  });
}
