/** FHIR packages in the database: installed and removed by the command line, taken into the catalogue by every process. */
import sql, { bulk } from 'sql-template-tag';
import { setSetting, settingOf } from '../store/setting.ts';
import type { Reader, Session, Store } from '../store/store.ts';
import { shaped } from '../terminology/shape.ts';
import { type Catalogue, headOf } from './catalogue.ts';
import type { PackageManifest, PackageResource } from './package-file.ts';
import { canonicalsOf, pinned } from './pin.ts';

export interface InstalledPackage {
  readonly name: string;
  readonly version: string;
  readonly canonical: string;
  readonly title: string;
  /** A tx. */
  readonly installed: number;
  readonly resources: number;
}

/** Changes with each package that comes or goes. */
const PACKAGES_REVISION = 'packages';

const idOf = ({ name, version }: Pick<InstalledPackage, 'name' | 'version'>): string => `${name}#${version}`;

/** The installed packages by name and version. */
export async function packagesIn(reader: Pick<Reader, 'query'>): Promise<readonly InstalledPackage[]> {
  const rows = await reader.query<InstalledPackage>(
    sql`SELECT p.name, p.version, p.canonical, p.title, p.installed,
        (SELECT count(*) FROM package_resource r WHERE r.package = p.name AND r.version = p.version) AS resources
      FROM package p ORDER BY p.name, p.version`,
  );
  return rows.map((row) => ({ ...row, installed: Number(row.installed), resources: Number(row.resources) }));
}

/** Characters of content in one statement. */
const STATEMENT_CHARACTERS = 4_000_000;

/** Puts a package in, in place of the same version if it is there. Gives the number of its resources. */
export async function installPackage(
  store: Store,
  { name, version, canonical = '', title = '' }: PackageManifest,
  resources: readonly PackageResource[],
): Promise<number> {
  await store.transact(async (session) => {
    await session.serialize([PACKAGES_REVISION]);
    await erase(session, name, version);
    await session.execute(
      sql`INSERT INTO package (name, version, canonical, title, installed) VALUES (${name}, ${version}, ${canonical}, ${title}, ${session.tx})`,
    );
    for (const part of parts(resources))
      await session.execute(
        sql`INSERT INTO package_resource (package, version, file, type, url, content)
          VALUES ${bulk(part.map(({ file, type, url, content }) => [name, version, file, type, url, content]))}`,
      );
    await setSetting(session, PACKAGES_REVISION, String(session.tx));
  });
  return resources.length;
}

function* parts(resources: readonly PackageResource[]): Generator<readonly PackageResource[]> {
  let part: PackageResource[] = [];
  let characters = 0;
  for (const resource of resources) {
    part.push(resource);
    characters += resource.content.length;
    if (characters < STATEMENT_CHARACTERS && part.length < 1000) continue;
    yield part;
    part = [];
    characters = 0;
  }
  if (part.length > 0) yield part;
}

/** Takes a version of a package out, or all its versions; gives what was there. */
export async function removePackage(
  store: Store,
  name: string,
  version: string | undefined,
): Promise<readonly InstalledPackage[]> {
  return store.transact(async (session) => {
    await session.serialize([PACKAGES_REVISION]);
    const there = (await packagesIn(session)).filter(
      (each) => each.name === name && (version === undefined || each.version === version),
    );
    for (const each of there) await erase(session, each.name, each.version);
    if (there.length > 0) await setSetting(session, PACKAGES_REVISION, String(session.tx));
    return there;
  });
}

async function erase(session: Session, name: string, version: string): Promise<void> {
  await session.execute(sql`DELETE FROM package_resource WHERE package = ${name} AND version = ${version}`);
  await session.execute(sql`DELETE FROM package WHERE name = ${name} AND version = ${version}`);
}

/** Brings the packages of `catalogue` to those of the database when their revision is not `known`; gives the revision. */
export async function readPackages(store: Store, catalogue: Catalogue, known: string): Promise<string> {
  const revision = (await settingOf(store, PACKAGES_REVISION)) ?? '';
  if (revision === known) return known;
  const installed = await packagesIn(store);
  const wanted = new Map(installed.map((each) => [originOf(each), each]));
  const present = new Set<string>();
  for (const { layer, origin } of [...catalogue.heads()]) {
    if (layer !== 'package') continue;
    const source = origin.slice(0, origin.indexOf(' '));
    if (wanted.has(source)) present.add(source);
    else catalogue.delete(origin);
  }
  for (const [source, each] of wanted) if (!present.has(source)) await takeIn(store, catalogue, each, source);
  return revision;
}

/** The instant tells a package from one of the same version that was installed before it. */
const originOf = (each: InstalledPackage): string => `${idOf(each)}@${each.installed}`;

async function takeIn(store: Store, catalogue: Catalogue, each: InstalledPackage, source: string): Promise<void> {
  const rows = await store.query<{ file: string; content: string }>(
    sql`SELECT file, content FROM package_resource WHERE package = ${each.name} AND version = ${each.version} ORDER BY file`,
  );
  takePackage(catalogue, rows, source, each.installed);
}

/** Puts the resources of a package into a catalogue; `source` tells the package from others, a later `order` covers an earlier one. */
export function takePackage(
  catalogue: Catalogue,
  files: readonly Pick<PackageResource, 'file' | 'content'>[],
  source: string,
  order: number,
): void {
  const resources = files.map(({ file, content }) => ({
    file,
    resource: shaped(JSON.parse(content) as { resourceType: string }).resource,
  }));
  const own = canonicalsOf(resources.map(({ resource }) => resource));
  for (const { file, resource } of resources) {
    const head = headOf(resource, { origin: `${source} ${file}`, layer: 'package', order });
    if (head) catalogue.set(head, JSON.stringify(pinned(resource, own)));
  }
}
