/** The tables of what an installation adds to R4 without being resources: FHIR packages, and code systems too large for a CodeSystem. */
import type { Column, Table } from './schema.ts';

const small = (name: string): Column => ({ name, kind: 'small' });
const integer = (name: string): Column => ({ name, kind: 'integer' });
const big = (name: string): Column => ({ name, kind: 'big' });
const text = (name: string): Column => ({ name, kind: 'text' });

const fhirPackage: Table = {
  name: 'package',
  columns: [text('name'), text('version'), text('canonical'), text('title'), big('installed')],
  primaryKey: ['name', 'version'],
  indexes: [],
  purpose: 'FHIR packages that are installed, several versions side by side; installed is a tx',
};

const packageResource: Table = {
  name: 'package_resource',
  columns: [text('package'), text('version'), text('file'), text('type'), text('url'), text('content')],
  primaryKey: ['package', 'version', 'file'],
  indexes: [],
  purpose:
    'what the packages contain, one row for each canonical resource; read whole when a process takes a package in',
};

const conceptSystem: Table = {
  name: 'concept_system',
  columns: [
    integer('number'),
    text('url'),
    text('version'),
    text('title'),
    small('complete'),
    integer('concepts'),
    big('loaded'),
  ],
  primaryKey: ['number'],
  indexes: [
    {
      name: 'concept_system_by_url',
      columns: ['url', 'version'],
      unique: true,
      purpose: 'which number stands for this version of a code system in the concept tables',
    },
  ],
  purpose: 'code systems that `throughline terminology load` brought; complete is 0 while one is being loaded',
};

const concept: Table = {
  name: 'concept',
  columns: [integer('system'), text('code'), text('display'), small('active')],
  primaryKey: ['system', 'code'],
  clustered: true,
  indexes: [],
  purpose: 'the codes of these systems: does it exist, how is it displayed',
};

const conceptParent: Table = {
  name: 'concept_parent',
  columns: [integer('system'), text('code'), text('parent')],
  primaryKey: ['system', 'code', 'parent'],
  clustered: true,
  indexes: [
    {
      name: 'concept_parent_by_parent',
      columns: ['system', 'parent', 'code'],
      purpose: 'which codes stand directly below this one',
    },
  ],
  purpose: 'the hierarchy: the codes directly above a code',
};

const conceptProperty: Table = {
  name: 'concept_property',
  columns: [integer('system'), text('code'), text('property'), text('value')],
  primaryKey: ['system', 'code', 'property', 'value'],
  clustered: true,
  indexes: [
    {
      name: 'concept_property_by_value',
      columns: ['system', 'property', 'value', 'code'],
      purpose: 'which codes have this value of a property: filters of value sets',
    },
  ],
  purpose: 'what is said of a code beside its display',
};

const closureTable: Table = {
  name: 'closure',
  columns: [text('name'), integer('version'), text('system'), text('code')],
  primaryKey: ['name', 'version', 'system', 'code'],
  indexes: [],
  purpose: 'the closure tables that clients keep ($closure): which concepts were added, and with which version',
};

/** Every table, in the order in which they are made. */
export const definitionTables: readonly Table[] = [
  fhirPackage,
  packageResource,
  conceptSystem,
  concept,
  conceptParent,
  conceptProperty,
  closureTable,
];
