/** The import rules of ARCHITECTURE.md, held by reading the import lines of every source file. */
import { strict as assert } from 'node:assert';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

/** What each folder may import: folders of ours, and packages by name. The longest matching folder rules. */
const rules: Readonly<Record<string, { readonly folders: readonly string[]; readonly packages: readonly string[] }>> = {
  resources: { folders: ['resources'], packages: ['fhirpath', 'saxes', 'fhir', '@lhncbc/ucum-lhc'] },
  profiles: { folders: ['resources', 'profiles'], packages: ['ajv', 'fhirpath', 'fhir', 'saxes'] },
  mappings: { folders: ['resources', 'mappings'], packages: ['ajv'] },
  'server/http': {
    folders: [
      'server/http',
      'server/interaction',
      'server/route.ts',
      'server/care/message.ts',
      'server/care/problem.ts',
      'resources',
    ],
    packages: ['express', 'pino'],
  },
  'server/care': {
    folders: ['server/care', 'server/interaction/interaction.ts', 'server/version.ts', 'mappings', 'resources'],
    packages: [],
  },
  'server/interaction': {
    folders: ['server/interaction', 'server/transaction', 'server/search', 'server/store/store.ts', 'resources'],
    packages: [],
  },
  'server/transaction': {
    folders: [
      'server/transaction',
      'server/interaction',
      'server/search',
      'server/store/store.ts',
      'server/route.ts',
      'resources',
    ],
    packages: ['fast-json-patch', 'fhirpath'],
  },
  'server/operation': {
    folders: [
      'server/operation',
      'server/interaction',
      'server/transaction',
      'server/search',
      'server/store/store.ts',
      'server/terminology',
      'server/lint',
      'server/validation.ts',
      'profiles',
      'mappings',
      'resources',
    ],
    packages: ['graphql', 'sql-template-tag'],
  },
  'server/search': {
    folders: ['server/search', 'server/store/store.ts', 'server/store/version.ts', 'resources'],
    packages: ['sql-template-tag', '@lhncbc/ucum-lhc'],
  },
  'server/store': {
    folders: ['server/store', 'server/search/index-table.ts', 'resources'],
    packages: ['knex', 'sqlite3', 'pg', 'sql-template-tag'],
  },
  'server/terminology': {
    folders: [
      'server/terminology',
      'server/search/escape.ts',
      'server/search/type/search-type.ts',
      'server/search/type/unescape.ts',
      'server/store/store.ts',
      'server/store/setting.ts',
      'server/zip.ts',
      'profiles',
      'resources',
    ],
    packages: ['sql-template-tag', '@lhncbc/ucum-lhc'],
  },
  'server/definition': {
    folders: [
      'server/definition',
      'server/terminology',
      'server/store/store.ts',
      'server/store/setting.ts',
      'profiles',
      'mappings',
      'resources',
    ],
    packages: ['sql-template-tag'],
  },
  'server/sync': {
    folders: [
      'server/sync',
      'server/search/type/ucum.ts',
      'server/store/store.ts',
      'server/transaction/change.ts',
      'server/transaction/writing.ts',
      'server/zip.ts',
      'mappings',
      'resources',
    ],
    packages: ['ajv', 'yaml', 'knex', 'pg', 'sqlite3', 'csv-parse', 'saxes', 'sql-template-tag'],
  },
  'server/sync/file': {
    folders: [
      'server/sync',
      'server/interaction/interaction.ts',
      'server/search/escape.ts',
      'server/search/type/fold.ts',
      'server/zip.ts',
      'mappings',
      'resources',
    ],
    packages: ['csv-parse', 'saxes'],
  },
  'server/view': {
    folders: ['server/view', 'server/store/dialect.ts', 'server/store/view-set.ts', 'mappings', 'resources'],
    packages: [],
  },
  'server/lint': { folders: ['server/lint', 'resources'], packages: [] },
  'server/demo': { folders: ['server/demo', 'resources'], packages: [] },
  'server/demo/legacy': { folders: ['server/demo', 'resources'], packages: ['knex'] },
};

function sources(folder: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)));
}

const IMPORT = /^(?:import|export)\s(?:[^'"]*?\sfrom\s)?['"]([^'"]+)['"]/gm;

function importsOf(file: string): string[] {
  return [...readFileSync(join(root, file), 'utf8').matchAll(IMPORT)].flatMap(([, name]) => (name ? [name] : []));
}

const isWithin = (file: string, folder: string): boolean => file === folder || file.startsWith(`${folder}/`);

/** The sources of a folder, without those of folders below it that have a rule of their own. */
function ruledBy(folder: string): string[] {
  const below = Object.keys(rules).filter((other) => other !== folder && isWithin(other, folder));
  return sources(folder).filter((file) => !below.some((other) => isWithin(file, other)));
}

describe('imports', () => {
  for (const [folder, { folders, packages }] of Object.entries(rules))
    it(`of ${folder} are of ${[...folders, ...packages].join(', ')}, and of node`, () => {
      const wrong = ruledBy(folder).flatMap((file) =>
        importsOf(file)
          .filter((name) => !name.startsWith('node:'))
          .filter((name) => {
            if (!name.startsWith('.')) return !packages.some((each) => name === each || name.startsWith(`${each}/`));
            const target = relative(root, resolve(root, dirname(file), name));
            return !folders.some((each) => isWithin(target, each));
          })
          .map((name) => `${file} imports ${name}`),
      );
      assert.deepEqual(wrong, []);
    });
});
