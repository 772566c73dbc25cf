/**
 * Packages from a registry, where there is a network: by name and version (`hl7.fhir.us.core#6.1.0`), or by the canonical URL of an implementation
 * guide. https://confluence.hl7.org/display/FHIR/NPM+Package+Specification
 */
import { createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream } from 'node:stream/web';
import { type FhirPackage, readPackage } from './package-file.ts';

/** `hl7.fhir.us.core#6.1.0`; without a version the latest. */
const NAMED = /^([a-z0-9-]+(?:\.[a-z0-9-]+)+)(?:#([A-Za-z0-9.+-]+))?$/;

/** Whether `text` names a package of a registry, and is no path. */
export const isRegistered = (text: string): boolean =>
  (NAMED.test(text) && !/\.(tgz|gz)$/.test(text)) || /^https?:\/\//.test(text);

async function ask(url: string): Promise<Response> {
  const response = await fetch(url).catch((cause) => {
    throw new Error(`The registry does not answer at ${url}`, { cause });
  });
  if (!response.ok) throw new Error(`The registry answers ${response.status} at ${url}`);
  return response;
}

/** The name of the package whose implementation guide has this canonical. */
async function nameOf(canonical: string, registry: string): Promise<string> {
  const found = (await (
    await ask(`${registry}/catalog?op=find&canonical=${encodeURIComponent(canonical)}`)
  ).json()) as unknown;
  const [first] = Array.isArray(found) ? (found as readonly { Name?: unknown; name?: unknown }[]) : [];
  const name = first?.name ?? first?.Name;
  if (typeof name !== 'string' || !NAMED.test(name)) throw new Error(`The registry knows no package of ${canonical}`);
  return name;
}

async function latestOf(name: string, registry: string): Promise<string> {
  const manifest = (await (await ask(`${registry}/${name}`)).json()) as {
    readonly 'dist-tags'?: { readonly latest?: unknown };
  };
  const latest = manifest['dist-tags']?.latest;
  if (typeof latest !== 'string')
    throw new Error(`The registry names no latest version of ${name}; say ${name}#VERSION`);
  return latest;
}

/**
 * The package that `wanted` names, fetched from `registry`.
 * @throws Error with a sentence, when the registry does not have it or what it sends is no package
 */
export async function fetchPackage(wanted: string, registry: string): Promise<FhirPackage> {
  const base = registry.replace(/\/+$/, '');
  const named = NAMED.exec(wanted);
  const name = named?.[1] ?? (await nameOf(wanted, base));
  const version = named?.[2] ?? (await latestOf(name, base));
  const { body } = await ask(`${base}/${name}/${version}`);
  if (!body) throw new Error(`The registry sends nothing for ${name}#${version}`);
  const folder = await mkdtemp(join(tmpdir(), 'throughline-package-'));
  try {
    const file = join(folder, 'package.tgz');
    await pipeline(Readable.fromWeb(body as ReadableStream), createWriteStream(file));
    return await readPackage(file);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
