/** The JSON Schema of a binding file: its shape. What the names in it mean is checked when the lenses are made. */

const name = { type: 'string', minLength: 1 };
const scalar = { type: ['string', 'number', 'boolean'] };
const names = { type: 'array', items: name, minItems: 1 };
const key = { anyOf: [name, names] };
const map = (values: object) => ({ type: 'object', additionalProperties: values });
const object = (properties: Readonly<Record<string, object>>, required: readonly string[] = []) => ({
  type: 'object',
  additionalProperties: false,
  properties,
  required,
});
const words = (...list: readonly string[]) => ({ enum: list });

const direction = words('both', 'pull', 'push');
const onBad = words('skip-row', 'leave-out', 'stop');
const letterCase = words('lower', 'upper', 'title');
const where = map({
  anyOf: [{ type: ['string', 'number', 'boolean', 'null'] }, { type: 'array', items: scalar, minItems: 1 }],
});
const create = object({ key: words('database', 'next', 'uuid'), values: map(scalar) }, ['key']);
const flag = object({ column: name, value: scalar }, ['column', 'value']);

const conversion = {
  split: { type: 'string', minLength: 1 },
  with: names,
  join: { type: 'string' },
  values: map({ type: ['string', 'number', 'boolean', 'null'] }),
  lossy: name,
  otherwise: scalar,
  empty: scalar,
  format: name,
  epoch: words('seconds', 'milliseconds'),
  zone: words('local', 'utc', 'offset'),
  scale: { type: 'number', exclusiveMinimum: 0 },
  unit: object({ from: name, to: name }, ['from', 'to']),
  decimals: { type: 'integer', minimum: 0, maximum: 12 },
  columnDecimals: { type: 'integer', minimum: 0, maximum: 12 },
  case: object({ model: letterCase, column: letterCase }),
  text: { type: 'string', pattern: '\\{value\\}' },
  ref: name,
  direction,
  onBad,
};
const column = { anyOf: [name, object({ to: key, ...conversion }, ['to'])] };
const place = { table: name, schema: name };

const join = object(
  { ...place, on: map(name), where, columns: map(column), create: { type: 'boolean' }, changed: name },
  ['table', 'on', 'columns'],
);
const list = object(
  {
    ...place,
    on: map(name),
    key,
    where,
    orderBy: name,
    columns: map(column),
    constants: map(scalar),
    value: object({ column: name, ...conversion }, ['column']),
    identity: names,
    create,
    remove: { anyOf: [words('delete'), flag] },
    changed: name,
    direction,
  },
  ['table', 'on', 'key'],
);
const table = object(
  {
    ...place,
    name: { type: 'string', pattern: '^[A-Za-z0-9_-]{1,60}$' },
    model: name,
    key,
    id: { type: 'string', pattern: '^[A-Za-z0-9.-]*\\{key\\}[A-Za-z0-9.-]*$' },
    where,
    columns: map(column),
    constants: map(scalar),
    joins: map(join),
    lists: map(list),
    deleted: { anyOf: [words('missing'), flag] },
    changed: { anyOf: [words('hash'), object({ column: name }, ['column'])] },
    direction,
    onBad,
    conflict: words('report', 'by-field', 'theirs', 'ours'),
    create,
    stamp: map({ anyOf: [scalar, object({ now: name }, ['now'])] }),
  },
  ['table', 'model', 'key', 'columns'],
);

export const bindingSchema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: 'A binding of a practice database to the Throughline model',
  ...object(
    {
      binding: { type: 'string', pattern: '^[a-z0-9][a-z0-9-]{0,39}$' },
      title: name,
      source: { type: 'string', pattern: '^[A-Za-z][A-Za-z0-9+.-]*:[^\\s#]+$' },
      timeZone: name,
      provenance: { type: 'boolean' },
      tables: { type: 'array', items: table, minItems: 1 },
    },
    ['binding', 'timeZone', 'tables'],
  ),
};
