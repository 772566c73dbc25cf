/** A report goes on whatever is stored: what has no place in R4, and what PostgreSQL cannot hold, costs its own cells and no others. */
import { strict as assert } from 'node:assert';
import fc from 'fast-check';
import { raw } from 'sql-template-tag';
import { mappings } from '../../../mappings/index.ts';
import { stringifyJson } from '../../../resources/json.ts';
import type { AnyResource } from '../../../resources/types.ts';
import { openStore } from '../../../server/store/open.ts';
import type { Store } from '../../../server/store/store.ts';
import { keepViews } from '../../../server/store/views.ts';
import { reportViews, viewSet } from '../../../server/view/set.ts';
import type { Database } from '../../databases.ts';
import { breakAt, examplesOf } from '../../mappings/fixture.ts';
import { databasesUnderTest } from '../cli/command.ts';
import { postIn } from '../store/fixture.ts';

/** Texts of JSON, as they may be stored where validation is off. */
const contents: readonly string[] = [
  '{"resourceType":"Patient","id":"ID","gender":"\\u0000","name":[{"text":"Ana\\u0000 \\\\u0000"}]}',
  '{"resourceType":"Patient","id":"ID","name":[{"text":"half \\ud83d"}],"birthDate":"2026-02-30"}',
  '{"resourceType":"Patient","id":"ID","name":{"text":"no list"},"identifier":7,"extension":{"url":"x"}}',
  '{"resourceType":"Patient","id":"ID","birthDate":"0000-01-01","deceasedDateTime":"2026-13-01T99:00:00Z"}',
  '{"resourceType":"Appointment","id":"ID","start":"2026-05-01T25:00:00Z","end":"tomorrow","minutesDuration":1e300}',
  '{"resourceType":"Appointment","id":"ID","start":"2026-05-01T10:00:00+99:00","minutesDuration":2.5}',
  '{"resourceType":"QuestionnaireResponse","id":"ID","questionnaire":"http://loinc.org/q/44249-1","item":{"linkId":7,"answer":{}}}',
  '{"resourceType":"QuestionnaireResponse","id":"ID","questionnaire":"http://loinc.org/q/44249-1|2.7","item":[{"linkId":"/44250-9","answer":[{"valueInteger":1e99}]}]}',
  '{"resourceType":"Goal","id":"ID","target":[7,null,"x",{"detailQuantity":{"value":1e-300}}],"startDate":"99999"}',
];

for (const databases of databasesUnderTest())
  describe(`Views for reports over wrong resources on ${databases.name}`, () => {
    let database: Database;
    let store: Store;

    before(async () => {
      database = await databases.create();
      store = await openStore({ url: database.url });
      await keepViews(database.url, viewSet(store.dialect));
      const dice = fc.sample(fc.infiniteStream(fc.nat(9)), 1)[0] as Iterator<number>;
      const broken = mappings.flatMap((mapping) =>
        examplesOf(mapping).flatMap((resource) =>
          [1, 2, 3].map(() => stringifyJson(breakAt(resource, () => dice.next().value as number))),
        ),
      );
      await store.transact(async (session) => {
        for (const [at, content] of [...contents, ...broken].entries()) {
          const { resourceType } = JSON.parse(content) as AnyResource;
          postIn(session, { type: resourceType, id: `wrong-${at}` }, content.replace('"ID"', `"wrong-${at}"`));
        }
        postIn(
          session,
          { type: 'Patient', id: 'ana' },
          '{"resourceType":"Patient","id":"ana","name":[{"text":"Ana"}]}',
        );
      });
    });
    after(async () => {
      await store.close();
      await database.drop();
    });

    for (const { name } of reportViews('sqlite'))
      it(`${name} is read to its end`, async () => {
        await assert.doesNotReject(store.query(raw(`SELECT * FROM ${name}`)));
      });

    it('shows the others as they are', async () => {
      const rows = await store.query(raw("SELECT name FROM care_clients WHERE id = 'ana'"));
      assert.deepEqual(rows, [{ name: 'Ana' }]);
    });
  });
