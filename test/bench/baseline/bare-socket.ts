/** The ceiling of the load generator: a socket that answers every read with the same ready-made bytes, without reading HTTP. */
import { createServer } from 'node:net';
import { serveContent } from './content.ts';

serveContent((content) => {
  const [body = Buffer.alloc(0)] = content.values();
  const answer = Buffer.concat([Buffer.from(`HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n`), body]);
  return createServer({ noDelay: true }, (socket) => {
    socket.on('data', () => socket.write(answer));
    socket.on('error', () => socket.destroy());
  });
});
