/** Headers of files and columns of bindings. */
import { strict as assert } from 'node:assert';
import { missingIn } from '../../../../server/sync/file/header.ts';
import { headersOf, lenses, lensOf } from './practice.ts';

const columnsOf = (headers: readonly string[], table: string) =>
  headersOf(headers, table).columns.map(({ column, ofClient }) => (ofClient ? `client: ${column}` : column));
const missing = (headers: readonly string[], table: string) =>
  missingIn(headersOf(headers, table), lensOf(table), lenses);

describe('headers', () => {
  it('are columns without regard to case, spaces and punctuation', () => {
    assert.deepEqual(columnsOf(['Chart No.', 'CLIENT NAME', 'D.O.B.', 'Cell-Phone'], 'clients'), [
      'chart_no',
      'client_name',
      'dob',
      'cell_phone',
    ]);
  });

  it('that nobody knows are passed over, and what was probably meant is told', () => {
    const [, unknown, far] = headersOf(['chart_no', 'cliant name', 'shoe size'], 'clients').columns;
    assert.deepEqual(unknown, { header: 'cliant name', hint: 'client_name' });
    assert.deepEqual(far, { header: 'shoe size' });
  });

  it('of a file of visits say by columns of the clients whose they are', () => {
    assert.deepEqual(columnsOf(['Chart No', 'DOB', 'Client Name', 'Begins at', 'Status'], 'visits'), [
      'client: chart_no',
      'client: dob',
      'client: client_name',
      'begins_at',
      'status',
    ]);
  });

  it('that are the same column twice are refused', () => {
    assert.throws(
      () => headersOf(['Chart No', 'dob', 'chart_no'], 'clients'),
      /"Chart No" and "chart_no" are both the column chart_no/,
    );
  });

  const cases: readonly (readonly [table: string, headers: readonly string[], missing: readonly RegExp[]])[] = [
    ['clients', ['chart_no', 'sex'], []],
    ['clients', ['client_name', 'dob'], []],
    ['clients', ['client_id', 'sex'], []],
    [
      'clients',
      ['client_name', 'sex'],
      [/nothing says who the client is: expected client_id, or chart_no, or client_name and dob/],
    ],
    ['visits', ['client_id', 'status', 'begins_at'], []],
    ['visits', ['chart_no', 'status'], []],
    ['visits', ['client_name', 'dob', 'status'], []],
    [
      'visits',
      ['client_name', 'state'],
      [/there is no column status \(status\); the file has "state"/, /nothing says who/],
    ],
    ['screens', ['chart_no', 'q1'], []],
  ];
  for (const [table, headers, expected] of cases)
    it(`${headers.join(', ')} are ${expected.length === 0 ? 'enough' : 'not enough'} for ${table}`, () => {
      const found = missing(headers, table);
      assert.equal(found.length, expected.length, found.join('; '));
      expected.forEach((pattern, at) => {
        assert.match(found[at] ?? '', pattern);
      });
    });
});
