/** Baseline: an Express application as its documentation writes it, answering from memory. */
import { createServer } from 'node:http';
import express from 'express';
import { serveContent } from './content.ts';

serveContent((content) => {
  const app = express();
  app.get('/fhir/:type/:id', (request, response) => {
    const bytes = content.get(request.path);
    if (!bytes) {
      response.sendStatus(404);
      return;
    }
    response.type('application/fhir+json').send(bytes);
  });
  return createServer(app);
});
