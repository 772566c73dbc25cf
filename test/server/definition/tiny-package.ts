/** A FHIR package made in memory: a profile with an extension and a value set of its own, in any version. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

export const GUIDE = 'http://guide.example';
export const PROFILE = `${GUIDE}/StructureDefinition/care-client`;
export const BASE = `${GUIDE}/StructureDefinition/base-client`;

const profile = (id: string, version: string, baseDefinition: string, element: object) => ({
  resourceType: 'StructureDefinition',
  id,
  url: `${GUIDE}/StructureDefinition/${id}`,
  version,
  name: id.replaceAll('-', ''),
  status: 'active',
  kind: 'resource',
  abstract: false,
  type: 'Patient',
  baseDefinition,
  derivation: 'constraint',
  differential: { element: [element] },
});

/** The files of the package. In each version the base profile, which care-client derives from, asks for another element. */
export function tinyPackage(version: string, required: string): Readonly<Record<string, object | string>> {
  return {
    'package/package.json': {
      name: 'example.guide',
      version,
      fhirVersions: ['4.0.1'],
      title: 'A guide',
      dependencies: {},
    },
    'package/StructureDefinition-base-client.json': profile(
      'base-client',
      version,
      'http://hl7.org/fhir/StructureDefinition/Patient',
      { id: `Patient.${required}`, path: `Patient.${required}`, min: 1 },
    ),
    'package/StructureDefinition-care-client.json': profile('care-client', version, BASE, {
      id: 'Patient',
      path: 'Patient',
      short: 'A client',
    }),
    'package/ImplementationGuide-example.json': {
      resourceType: 'ImplementationGuide',
      url: `${GUIDE}/ImplementationGuide/example`,
      version,
    },
    'package/example/Patient-a.json': { resourceType: 'Patient', id: 'a' },
    'package/.index.json': { files: [] },
    'package/other/notes.txt': 'not looked at',
  };
}

const bytesOf = (content: object | string): Buffer =>
  Buffer.from(typeof content === 'string' ? content : JSON.stringify(content));

/** One file in a tar archive, with its header. `kind` is `0` for a file. */
export function tarEntry(path: string, content: object | string, kind = '0'): Buffer {
  const bytes = bytesOf(content);
  const header = Buffer.alloc(512);
  header.write(path.slice(0, 100), 0);
  header.write('0000644\0', 100);
  header.write(`${bytes.length.toString(8).padStart(11, '0')}\0`, 124);
  header.write('        ', 148);
  header.write(kind, 156);
  header.write('ustar\x0000', 257);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return Buffer.concat([header, bytes, Buffer.alloc((512 - (bytes.length % 512)) % 512)]);
}

export const tarOf = (files: Readonly<Record<string, object | string>>): Buffer =>
  Buffer.concat([...Object.entries(files).map(([path, content]) => tarEntry(path, content)), Buffer.alloc(1024)]);

/** Runs `work` with the path of a file that holds the package. */
export async function withArchive<T>(
  files: Readonly<Record<string, object | string>>,
  work: (path: string) => Promise<T>,
): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'throughline-test-'));
  try {
    const path = join(folder, 'package.tgz');
    await writeFile(path, gzipSync(tarOf(files)));
    return await work(path);
  } finally {
    await rm(folder, { recursive: true });
  }
}
