import { strict as assert } from 'node:assert';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readPackage } from '../../../server/definition/package-file.ts';
import { type TarFile, tarFiles } from '../../../server/definition/tar.ts';
import { tarEntry, tarOf, tinyPackage, withArchive } from './tiny-package.ts';

describe('readPackage', () => {
  it('reads the manifest and what has a canonical URL, from the archive', async () => {
    const { manifest, resources } = await withArchive(tinyPackage('1.0.0', 'name'), readPackage);
    assert.equal(manifest.name, 'example.guide');
    assert.equal(manifest.version, '1.0.0');
    assert.deepEqual(
      resources.map(({ type, file }) => `${type} ${file}`),
      [
        'ImplementationGuide ImplementationGuide-example.json',
        'StructureDefinition StructureDefinition-base-client.json',
        'StructureDefinition StructureDefinition-care-client.json',
      ],
    );
  });

  it('reads the same from the folder that the archive unpacks to', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'throughline-test-'));
    await mkdir(join(folder, 'package', 'example'), { recursive: true });
    await mkdir(join(folder, 'package', 'other'));
    for (const [path, content] of Object.entries(tinyPackage('1.0.0', 'name')))
      await writeFile(join(folder, path), typeof content === 'string' ? content : JSON.stringify(content));
    assert.equal((await readPackage(folder)).resources.length, 3);
    assert.equal((await readPackage(join(folder, 'package'))).resources.length, 3);
    await rm(folder, { recursive: true });
  });

  const wrong: readonly [string, Record<string, object | string>, RegExp][] = [
    ['an archive without a manifest', { 'package/a.json': {} }, /no package\/package.json/],
    [
      'a package for another version of FHIR',
      { 'package/package.json': { name: 'a', version: '1', fhirVersions: ['5.0.0'] } },
      /is for FHIR 5.0.0/,
    ],
    ['a manifest without a name', { 'package/package.json': { version: '1' } }, /lacks a name/],
  ];
  for (const [title, files, message] of wrong)
    it(`refuses ${title}`, () => assert.rejects(withArchive(files, readPackage), message));

  it('refuses what is no archive, and a path where nothing is', async () => {
    await assert.rejects(readPackage(new URL(import.meta.url).pathname), /cannot be read as a package/);
    await assert.rejects(readPackage('/nowhere/at-all.tgz'), /nothing at/);
  });
});

describe('tarFiles', () => {
  async function* pieces(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
    for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
  }
  async function all(bytes: Buffer, size = bytes.length, largest = 1_000_000): Promise<readonly TarFile[]> {
    const files: TarFile[] = [];
    for await (const file of tarFiles(pieces(bytes, size), largest)) files.push(file);
    return files;
  }

  it('finds the same files whatever the pieces are', async () => {
    const bytes = tarOf({ 'a.json': 'x'.repeat(700), 'b.json': '', 'c.json': 'end' });
    for (const size of [1, 511, 512, 513, bytes.length])
      assert.deepEqual(
        (await all(bytes, size)).map(({ path, bytes: content }) => [path, content.length]),
        [
          ['a.json', 700],
          ['b.json', 0],
          ['c.json', 3],
        ],
      );
  });

  it('reads long names as pax and GNU write them', async () => {
    const name = `package/${'long'.repeat(40)}.json`;
    const record = ` path=${name}\n`;
    const pax = tarEntry('x', `${record.length + 3}${record}`, 'x');
    const gnu = tarEntry('././@LongLink', `${name}\0`, 'L');
    const end = Buffer.alloc(1024);
    for (const extra of [pax, gnu])
      assert.deepEqual(
        (await all(Buffer.concat([extra, tarEntry('short', '{}'), tarEntry('next', '{}'), end]))).map(
          ({ path }) => path,
        ),
        [name, 'next'],
      );
  });

  it('passes over what is too large, and refuses what is no tar or breaks off', async () => {
    const bytes = tarOf({ 'a.json': 'x'.repeat(5000), 'b.json': '{}' });
    assert.deepEqual(
      (await all(bytes, 512, 1000)).map(({ path }) => path),
      ['b.json'],
    );
    await assert.rejects(all(Buffer.alloc(1024, 'x')), /no tar/);
    await assert.rejects(all(bytes.subarray(0, 1500)), /breaks off/);
  });
});
