/** Baseline: node:http and nothing else, answering from memory. */
import { createServer } from 'node:http';
import { serveContent } from './content.ts';

serveContent((content) =>
  createServer((request, response) => {
    const bytes = content.get(request.url ?? '');
    response.writeHead(bytes ? 200 : 404, {
      'Content-Type': 'application/fhir+json; charset=utf-8',
      'Content-Length': bytes?.length ?? 0,
    });
    response.end(bytes);
  }),
);
