/** The score of a form in its view, on the table of cases: as scored, or open where an answer or an item is worded in a way of its own. */
import { strict as assert } from 'node:assert';
import { mappings } from '../../../mappings/index.ts';
import type { AnyResource } from '../../../resources/types.ts';
import { openStore } from '../../../server/store/open.ts';
import { keepViews } from '../../../server/store/views.ts';
import { reportViews, viewSet } from '../../../server/view/set.ts';
import { withDatabase } from '../../databases.ts';
import { phq9Cases, responseOf } from '../../spec/phq9-cases.ts';
import { databasesUnderTest } from '../cli/command.ts';
import { postIn } from '../store/fixture.ts';
import { type Row, rowsOf } from './rows.ts';
import { cellOf } from './said.ts';

const mapping = mappings.find(({ name }) => name === 'Phq9Assessment');
const view = reportViews('sqlite').find(({ name }) => name === 'care_phq9_assessments');

const forms = phq9Cases.map((each, at) => ({
  name: each.name,
  resource: { ...responseOf(each), id: `form-${at}` } as AnyResource,
}));

/** Wordings that are not as published, and answers that nobody understands: whether the form is complete is left open. */
const OPEN = [
  'answers as shouted',
  'items known by text-english',
  'items known by sdc',
  "SDC's published example: 13 stated for answers of 10",
  'a coding of LOINC that is no answer of the list',
  'an answer of 4',
  'an answer of -1',
  'an answer of 1.5',
  'a text that is no answer',
  'a boolean answer',
  'a local code without meaning',
  'the same item twice, answers that differ',
  'item 9 twice, one of them above not at all',
  'a number with a text that is no item',
];

for (const databases of databasesUnderTest())
  describe(`The score of a PHQ-9 in its view on ${databases.name}`, () => {
    let rows: ReadonlyMap<string, readonly Row[]>;
    before(() =>
      withDatabase(databases, async (url) => {
        assert.ok(view);
        const store = await openStore({ url });
        await keepViews(url, viewSet(store.dialect));
        await store.transact(async (session) => {
          for (const { resource } of forms)
            postIn(session, { type: 'QuestionnaireResponse', id: resource.id ?? '' }, JSON.stringify(resource));
        });
        rows = await rowsOf(store, view);
        await store.close();
      }),
    );

    const open = new Set<string>();
    for (const { name, resource } of forms)
      it(`is that of ${name}, or open`, () => {
        assert.ok(view && mapping);
        const model = mapping.decode(resource);
        const [row] = rows.get(resource.id ?? '') ?? [];
        assert.ok(row);
        for (const column of view.columns) {
          const expected = cellOf(column, model);
          if (row[column.name] === null && expected !== null) open.add(name);
          // An item under the answer of another is scored; the model has no field for where it stands.
          else if (name !== 'items under an answer' || expected !== null)
            assert.equal(row[column.name], expected, column.name);
        }
      });

    it('is open, and never wrong, where only scoring knows what is meant', () => {
      assert.deepEqual([...open], OPEN);
    });
  });
