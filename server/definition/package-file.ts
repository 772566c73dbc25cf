/**
 * A FHIR package as a file (`.tgz`) or as the folder that one unpacks to: its manifest and its canonical resources.
 * https://hl7.org/fhir/packages.html
 */
import { createReadStream } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { createGunzip } from 'node:zlib';
import { type TarFile, tarFiles } from './tar.ts';

export interface PackageManifest {
  readonly name: string;
  readonly version: string;
  readonly canonical?: string;
  readonly title?: string;
  readonly fhirVersions?: readonly string[];
  /** Names and versions of the packages that it builds on. */
  readonly dependencies: Readonly<Record<string, string>>;
}

export interface PackageResource {
  readonly file: string;
  readonly type: string;
  readonly url: string;
  /** JSON text. */
  readonly content: string;
}

export interface FhirPackage {
  readonly manifest: PackageManifest;
  /** Those with a canonical URL, in the order of their file names. */
  readonly resources: readonly PackageResource[];
}

/** Bytes of the largest file that is read. */
const LARGEST = 200_000_000;

/** Reads the package at `path`. @throws Error with a sentence when there is none, or it is not for R4 */
export async function readPackage(path: string): Promise<FhirPackage> {
  const found = await stat(path).catch((cause) => {
    throw new Error(`There is nothing at ${path}`, { cause });
  });
  const files = found.isDirectory() ? folderFiles(path) : archiveFiles(path);
  let manifest: PackageManifest | undefined;
  const resources: PackageResource[] = [];
  for await (const { path: name, bytes } of files) {
    if (basename(name) === 'package.json') manifest = manifestOf(bytes, path);
    else {
      const resource = resourceOf(basename(name), bytes);
      if (resource) resources.push(resource);
    }
  }
  if (!manifest) throw new Error(`${path} has no package/package.json; expected a FHIR package (.tgz) or its folder`);
  requireR4(manifest);
  return { manifest, resources: resources.sort((a, b) => (a.file < b.file ? -1 : 1)) };
}

/** Files of `package/` itself: what lies deeper are examples and other formats. */
async function* archiveFiles(path: string): AsyncGenerator<TarFile> {
  const unzipped = createReadStream(path).pipe(createGunzip());
  try {
    for await (const file of tarFiles(unzipped, LARGEST))
      if (dirname(file.path) === 'package' && file.path.endsWith('.json')) yield file;
  } catch (cause) {
    throw new Error(`${path} cannot be read as a package: ${cause instanceof Error ? cause.message : String(cause)}`, {
      cause,
    });
  }
}

async function* folderFiles(path: string): AsyncGenerator<TarFile> {
  const inner = join(path, 'package');
  const isOuter = await stat(inner).then(
    (each) => each.isDirectory(),
    () => false,
  );
  const folder = isOuter ? inner : path;
  for (const name of (await readdir(folder)).sort())
    if (name.endsWith('.json')) yield { path: name, bytes: await readFile(join(folder, name)) };
}

function parsed(bytes: Buffer): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(bytes.toString('utf8').replace(/^\uFEFF/, ''));
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

function manifestOf(bytes: Buffer, path: string): PackageManifest {
  const { name, version, canonical, title, fhirVersions, dependencies } = parsed(bytes) ?? {};
  if (
    typeof name !== 'string' ||
    typeof version !== 'string' ||
    !/^[\w.@/-]{1,200}$/.test(name) ||
    !/^[\w.+-]{1,100}$/.test(version)
  )
    throw new Error(`package.json of ${path} lacks a name and a version`);
  return {
    name,
    version,
    canonical: textOf(canonical),
    title: textOf(title),
    ...(Array.isArray(fhirVersions) ? { fhirVersions: fhirVersions.map(String) } : {}),
    dependencies:
      typeof dependencies === 'object' && dependencies !== null ? (dependencies as Record<string, string>) : {},
  };
}

function requireR4({ name, version, fhirVersions }: PackageManifest): void {
  if (!fhirVersions || fhirVersions.some((each) => each.startsWith('4.0'))) return;
  throw new Error(`${name}#${version} is for FHIR ${fhirVersions.join(', ')}; this server speaks 4.0.1 (R4)`);
}

/** Undefined for what has no canonical URL, such as `.index.json` and examples. */
function resourceOf(file: string, bytes: Buffer): PackageResource | undefined {
  const { resourceType, url } = parsed(bytes) ?? {};
  if (typeof resourceType !== 'string' || typeof url !== 'string') return undefined;
  return { file, type: resourceType, url, content: bytes.toString('utf8').replace(/^\uFEFF/, '') };
}
