/** Packages from a registry: by name and version, by name alone, by the canonical of the guide. The registry is one of this machine. */
import { strict as assert } from 'node:assert';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fetchPackage, isRegistered } from '../../../server/definition/package-registry.ts';
import { GUIDE, tinyPackage, withArchive } from './tiny-package.ts';

const name = 'example.guide';

describe('a registry of packages', () => {
  let server: Server;
  let registry = '';
  before(async () => {
    const archive = await withArchive(tinyPackage('1.2.0', 'name'), async (path) => readFileSync(path));
    server = createServer((request, response) => {
      const url = new URL(request.url ?? '', 'http://registry');
      if (url.pathname === `/${name}/1.2.0`) response.end(archive);
      else if (url.pathname === `/${name}`) response.end(JSON.stringify({ 'dist-tags': { latest: '1.2.0' } }));
      else if (url.pathname === '/catalog')
        response.end(JSON.stringify(url.searchParams.get('canonical') === GUIDE ? [{ Name: name }] : []));
      else response.writeHead(404).end();
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    registry = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  });
  after(() => server.close());

  for (const wanted of ['NAME#1.2.0', 'NAME', GUIDE])
    it(`gives ${wanted}`, async () => {
      const { manifest, resources } = await fetchPackage(wanted.replace('NAME', name), registry);
      assert.equal(manifest.version, '1.2.0');
      assert.ok(resources.length > 0);
    });

  for (const [wanted, says] of [
    ['NAME#9.9.9', /answers 404/],
    ['http://example.org/unknown', /knows no package of http:\/\/example.org\/unknown/],
  ] as const)
    it(`says that it has no ${wanted}`, async () => {
      await assert.rejects(fetchPackage(wanted.replace('NAME', name), registry), says);
    });

  it('is said to be away when it does not answer', async () => {
    await assert.rejects(fetchPackage(`${name}#1.2.0`, 'http://127.0.0.1:1'), /does not answer/);
  });

  it('is asked for names, not for paths', () => {
    assert.deepEqual(
      [
        'hl7.fhir.us.core#6.1.0',
        'hl7.fhir.us.core',
        'http://hl7.org/fhir/us/core',
        'core-6.1.0.tgz',
        './folder',
        'folder',
      ].map(isRegistered),
      [true, true, true, false, false, false],
    );
  });
});
