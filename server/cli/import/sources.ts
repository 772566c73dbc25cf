/** What `import` is given, as a list of files: files as named, folders with everything below them, `-` for standard input. */
import { readdir, stat } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';

/** `lines`: NDJSON. `xml`: one resource. `json`: a resource, a Bundle, or NDJSON under another name. `any`: judged by its content. */
export type SourceFormat = 'lines' | 'json' | 'xml' | 'any';

export interface Source {
  /** As the user named it, or found below a folder; `-` is standard input. */
  readonly name: string;
  readonly format: SourceFormat;
  /** A file `Bundle.ndjson`, as `export` writes it, holds Bundles that are resources, to be stored rather than unpacked. */
  readonly holdsBundles: boolean;
  /** Absolute path, size and time of change: whether it is the file that an earlier import began. Absent for standard input. */
  readonly file?: { readonly path: string; readonly size: number; readonly mtimeMs: number };
}

export interface Sources {
  readonly sources: readonly Source[];
  /** Files below folders whose names say that they hold no resources. */
  readonly passedOver: readonly string[];
}

const FORMATS: Readonly<Record<string, SourceFormat>> = { ndjson: 'lines', jsonl: 'lines', json: 'json', xml: 'xml' };

/** Descriptions of folders, not resources: of an export, and of a FHIR package. */
const DESCRIPTIONS = new Set(['manifest.json', 'package.json']);

/** By the last part of the name that is not `.gz`. */
function formatOf(path: string): SourceFormat | undefined {
  const [, extension = ''] = /\.([a-z]+)(?:\.gz)?$/i.exec(path) ?? [];
  return FORMATS[extension.toLowerCase()];
}

async function sourceOf(name: string, format: SourceFormat): Promise<Source> {
  const { size, mtimeMs } = await stat(name);
  const holdsBundles = /^Bundle(\.\d+)?\.(ndjson|jsonl)(\.gz)?$/.test(basename(name));
  return { name, format, holdsBundles, file: { path: resolve(name), size, mtimeMs } };
}

async function sourcesBelow(folder: string): Promise<Sources> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true });
  const names = entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter(
      (name) =>
        !name
          .slice(folder.length)
          .split(/[/\\]/)
          .some((part) => part.startsWith('.')),
    )
    .sort();
  const sources: Source[] = [];
  const passedOver: string[] = [];
  for (const name of names) {
    const format = DESCRIPTIONS.has(basename(name)) ? undefined : formatOf(name);
    if (format) sources.push(await sourceOf(name, format));
    else passedOver.push(name);
  }
  return { sources, passedOver };
}

/** @throws Error with a sentence for a path that is not there or is neither file nor folder */
export async function sourcesOf(paths: readonly string[]): Promise<Sources> {
  const sources: Source[] = [];
  const passedOver: string[] = [];
  for (const path of paths) {
    if (path === '-') {
      sources.push({ name: '-', format: 'any', holdsBundles: false });
      continue;
    }
    const found = await stat(path).catch((cause: NodeJS.ErrnoException) => {
      const reason = cause.code === 'ENOENT' ? 'is not there' : `cannot be read (${cause.code})`;
      throw new Error(`${path} ${reason}`, { cause });
    });
    if (found.isDirectory()) {
      const below = await sourcesBelow(path);
      sources.push(...below.sources);
      passedOver.push(...below.passedOver);
    } else if (found.isFile()) sources.push(await sourceOf(path, formatOf(path) ?? 'any'));
    else throw new Error(`${path} is neither a file nor a folder`);
  }
  return { sources, passedOver };
}
