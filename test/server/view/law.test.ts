/**
 * The law of the views: the rows of a resource say what its mapping decodes, on random models and on the official examples. Only the answers of a
 * PHQ-9 that are worded in a way of their own are left open (NULL) where the mapping understands them.
 */
import { strict as assert } from 'node:assert';
import fc from 'fast-check';
import { mappings } from '../../../mappings/index.ts';
import type { Mapping } from '../../../mappings/mapping.ts';
import { stringifyJson } from '../../../resources/json.ts';
import type { AnyResource } from '../../../resources/types.ts';
import { openStore } from '../../../server/store/open.ts';
import type { Store } from '../../../server/store/store.ts';
import { keepViews } from '../../../server/store/views.ts';
import { reportViews, viewSet } from '../../../server/view/set.ts';
import type { Column, View } from '../../../server/view/view.ts';
import type { Database } from '../../databases.ts';
import { examplesOf, modelsOf } from '../../mappings/fixture.ts';
import { databasesUnderTest } from '../cli/command.ts';
import { postIn } from '../store/fixture.ts';
import { rowsOf } from './rows.ts';
import { cellOf, itemsOf } from './said.ts';

/** Random models of each type. */
const MODELS = Number(process.env.LAW_RUNS ?? 150);

/** What is stored: the same resource with an id of its own. */
interface Tried {
  readonly resource: AnyResource;
  /** Whether it was made by the mapping, and not by somebody else. */
  readonly isOurs: boolean;
}

function triedOf(mapping: Mapping): readonly Tried[] {
  const models = fc.sample(modelsOf(mapping), MODELS);
  const ours = models.map((model) => ({ resource: mapping.encode(model), isOurs: true }));
  const others = examplesOf(mapping).map((resource) => ({ resource, isOurs: false }));
  return [...ours, ...others].map(({ resource, isOurs }, at) => ({
    resource: { ...resource, id: `${mapping.plural}-${at}` },
    isOurs,
  }));
}

const PHQ9 =
  /^(interest|mood|sleep|energy|appetite|selfWorth|concentration|movement|selfHarm|difficulty|complete|total|severity|safetyConcern)$/;

/** Whether a column may be open where the mapping has a value. */
const mayBeOpen = ({ plural }: View, { field }: Column, { isOurs }: Tried): boolean =>
  plural === 'phq9-assessments' && PHQ9.test(field) && !isOurs;

for (const databases of databasesUnderTest())
  describe(`Views for reports on ${databases.name}`, () => {
    const tried = new Map(mappings.map((mapping) => [mapping, triedOf(mapping)]));
    let database: Database;
    let store: Store;

    before(async () => {
      database = await databases.create();
      store = await openStore({ url: database.url });
      await keepViews(database.url, viewSet(store.dialect));
      await store.transact(async (session) => {
        for (const list of tried.values())
          for (const { resource } of list)
            postIn(session, { type: resource.resourceType, id: resource.id ?? '' }, stringifyJson(resource));
      });
    });
    after(async () => {
      await store.close();
      await database.drop();
    });

    for (const [mapping, list] of tried)
      for (const view of reportViews(databases.name === 'SQLite' ? 'sqlite' : 'postgres').filter(
        ({ plural }) => plural === mapping.plural,
      ))
        it(`${view.name} says of ${list.length} resources what the mapping of ${mapping.name} does`, async () => {
          const rows = await rowsOf(store, view);
          const accepted = list.filter(({ resource }) => mapping.accepts(resource));
          for (const one of accepted) {
            const { resource } = one;
            const items = itemsOf(view, mapping.decode(resource));
            const found = rows.get(resource.id ?? '') ?? [];
            assert.equal(found.length, items.length, `rows of ${stringifyJson(resource)}`);
            for (const [at, item] of items.entries())
              for (const column of view.columns) {
                const cell = found[at]?.[column.name];
                if (cell === null && mayBeOpen(view, column, one)) continue;
                assert.equal(cell, cellOf(column, item), `${column.name} of ${stringifyJson(resource)}`);
              }
          }
          // Resources of the type that are of another kind are not among them.
          const ids = new Set(accepted.map(({ resource }) => resource.id));
          assert.deepEqual(
            [...rows.keys()].filter((id) => id.startsWith(`${mapping.plural}-`) && !ids.has(id)),
            [],
          );
        });
  });
