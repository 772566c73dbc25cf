/** The ten questions of docs/views.md, on the population of the demonstration: SQL over the views says what the records of /care do. */
import { strict as assert } from 'node:assert';
import { readFileSync, writeFileSync } from 'node:fs';
import { raw } from 'sql-template-tag';
import type { Appointment, CarePlan, CareTeam, Goal, Phq9Assessment, Referral } from '../../../mappings/model.ts';
import { population } from '../../../server/demo/population.ts';
import { openStore } from '../../../server/store/open.ts';
import { keepViews } from '../../../server/store/views.ts';
import { page } from '../../../server/view/page.ts';
import { reportViews, viewSet } from '../../../server/view/set.ts';
import type { Database } from '../../databases.ts';
import { openServer, type ServerUnderTest } from '../../server-under-test.ts';
import { databasesUnderTest } from '../cli/command.ts';

const docs = new URL('../../../docs/', import.meta.url);
const sections = readFileSync(new URL('views.md', docs), 'utf8').split('\n### ').slice(1);

/** The statement of a question for a database: the only one, or the one that names it. */
function statementOf(section: string, name: string): string {
  const blocks = [...section.matchAll(/```sql\n([\s\S]*?)```/g)].map(([, text]) => text ?? '');
  const own = blocks.find((text) => text.startsWith(`-- ${name}\n`)) ?? (blocks.length === 1 ? blocks[0] : undefined);
  assert.ok(own, `no statement for ${name}`);
  return own;
}

interface Records {
  readonly appointments: readonly Appointment[];
  readonly plans: readonly CarePlan[];
  readonly teams: readonly CareTeam[];
  readonly goals: readonly Goal[];
  readonly 'phq9-assessments': readonly Phq9Assessment[];
  readonly referrals: readonly Referral[];
  /** The day of the database. */
  readonly today: string;
}

type Answer = readonly (string | number | null)[];

const month = (text: string | undefined): string => (text ?? '').slice(0, 7);
const day = (text: string | undefined): string => `${(text ?? '').slice(0, 10)}-01-01`.slice(0, 10);
const time = (text: string | undefined): number => Date.parse(text ?? '');

/** Items by a key, in the order in which keys come. */
function grouped<T>(items: readonly T[], key: (item: T) => string): (readonly [string, readonly T[]])[] {
  const groups = new Map<string, T[]>();
  for (const item of items) groups.set(key(item), [...(groups.get(key(item)) ?? []), item]);
  return [...groups];
}

const many = <T>(items: readonly T[], of: (item: T) => unknown): number => new Set(items.map(of)).size;

/** Forms that count, of each client from the first to the last. */
const series = ({ 'phq9-assessments': forms }: Records) =>
  grouped(
    forms
      .filter(({ status, total }) => status === 'completed' && total !== undefined)
      .sort((one, other) => time(one.answeredAt) - time(other.answeredAt)),
    ({ clientId }) => clientId ?? '',
  );

const TWELVE_WEEKS = 84 * 86_400_000;

/** The answers by the records, in the order of the document. */
const answers: readonly ((records: Records) => readonly Answer[])[] = [
  ({ appointments }) =>
    grouped(
      appointments.filter(({ status }) => status === 'no-show'),
      ({ start }) => month(start),
    ).map(([name, list]) => [name, list.length]),
  ({ appointments }) =>
    grouped(
      appointments.filter(({ status }) => status === 'done' || status === 'no-show'),
      ({ kind }) => kind ?? '',
    ).map(([kind, list]) => [kind, list.length, list.filter(({ status }) => status === 'no-show').length]),
  ({ teams, plans, goals }) =>
    teams.flatMap(({ id = '' }) => {
      const theirs = new Set(
        plans.filter(({ teamIds }) => teamIds?.includes(id)).flatMap(({ goalIds = [] }) => goalIds),
      );
      const open = goals.filter(
        ({ id: goal = '', status }) => theirs.has(goal) && ['accepted', 'active', 'paused'].includes(status),
      );
      return open.length === 0 ? [] : [[id, open.length]];
    }),
  (records) =>
    series(records).flatMap(([client, [first, ...others]]) => {
      const later = others.find(({ answeredAt }) => time(answeredAt) >= time(first?.answeredAt) + TWELVE_WEEKS);
      const [before, after] = [first?.total ?? 0, later?.total ?? 0];
      return later ? [[client, before, after, after - before]] : [];
    }),
  (records) => {
    const booked = records.appointments.filter(
      ({ status, start }) => status === 'booked' && day(start) >= records.today,
    );
    const seen = new Set(booked.map(({ clientId }) => clientId));
    return series(records).flatMap(([client, list]) => {
      const total = list.at(-1)?.total ?? 0;
      return total >= 10 && !seen.has(client) ? [[client, total]] : [];
    });
  },
  ({ teams }) =>
    grouped(
      teams
        .filter(({ status }) => status === 'active')
        .flatMap(({ clientId, members = [] }) =>
          members.flatMap(({ who, role, end }) =>
            role === 'coordinator' && end === undefined ? [{ clientId, who }] : [],
          ),
        ),
      ({ who }) => who?.id ?? '',
    ).map(([who, list]) => [who, many(list, ({ clientId }) => clientId)]),
  ({ 'phq9-assessments': forms }) =>
    grouped(
      forms.filter(({ selfHarm = 0, status }) => selfHarm > 0 && status === 'completed'),
      ({ answeredAt }) => month(answeredAt),
    ).map(([name, list]) => [name, list.length, many(list, ({ clientId }) => clientId)]),
  ({ goals, today }) =>
    goals
      .filter(({ status }) => status === 'accepted' || status === 'active')
      .flatMap(({ id = '', clientId = '', targets = [] }) =>
        targets.flatMap(({ due }, at) =>
          due !== undefined && day(due) < today ? [[clientId, id, at + 1, day(due)]] : [],
        ),
      ),
  ({ referrals }) =>
    grouped(referrals, ({ service }) => service?.text ?? service?.display ?? service?.code ?? '').map(
      ([service, list]) => [service, list.length, list.filter(({ status }) => status === 'open').length],
    ),
  ({ appointments }) =>
    grouped(
      appointments
        .filter(({ status }) => status === 'done')
        .flatMap(({ clientId, attendees = [] }) =>
          attendees.flatMap(({ who }) => (who?.kind === 'practitioner' ? [{ clientId, who }] : [])),
        ),
      ({ who }) => who.id ?? '',
    ).map(([who, list]) => [who, list.length, many(list, ({ clientId }) => clientId)]),
];

/** A day of PostgreSQL comes as midnight of the machine. */
const plain = (value: unknown): string | number | null =>
  value instanceof Date
    ? `${value.getFullYear()}-${String(value.getMonth() + 1).padStart(2, '0')}-${String(value.getDate()).padStart(2, '0')}`
    : (value as string | number | null);

const sorted = (rows: readonly Answer[]): readonly string[] => rows.map((row) => JSON.stringify(row)).sort();

for (const databases of databasesUnderTest())
  describe(`The questions of docs/views.md on ${databases.name}`, () => {
    let database: Database;
    let server: ServerUnderTest;
    let records: Records;

    async function list(plural: string): Promise<readonly object[]> {
      const found: object[] = [];
      let path: string | undefined = `/care/${plural}?limit=500`;
      while (path !== undefined) {
        const { body, status } = await server.http.get(path);
        assert.equal(status, 200);
        found.push(...body.items);
        path = typeof body.next === 'string' ? body.next.replace(/^https?:\/\/[^/]+/, '') : undefined;
      }
      return found;
    }

    before(async () => {
      database = await databases.create();
      const store = await openStore({ url: database.url });
      await keepViews(database.url, viewSet(store.dialect));
      server = await openServer(store);
      const until = new Date().toISOString().slice(0, 10);
      for (const bundle of population({ clients: 40, seed: 3, until })) {
        const { status } = await server.http.post('/fhir').send(bundle);
        assert.equal(status, 200);
      }
      const plurals = ['appointments', 'plans', 'teams', 'goals', 'phq9-assessments', 'referrals'] as const;
      const lists = await Promise.all(plurals.map(async (plural) => [plural, await list(plural)] as const));
      const [now] = await store.query<{ today: string }>(raw('SELECT CAST(CURRENT_DATE AS text) AS today'));
      records = { ...Object.fromEntries(lists), today: now?.today } as unknown as Records;
    });
    after(async () => {
      await server.close();
      await database.drop();
    });

    for (const [at, section] of sections.entries())
      it(section.split('\n', 1)[0] ?? '', async () => {
        const rows = await server.store.query<Record<string, unknown>>(raw(statementOf(section, databases.name)));
        const found = rows.map((row) => Object.values(row).map(plain));
        const expected = answers[at]?.(records) ?? [];
        assert.ok(expected.length > 0, 'the population has an answer');
        assert.deepEqual(sorted(found), sorted(expected));
      });
  });

describe('docs/view-columns.md', () => {
  it('lists every view and column', () => {
    const file = new URL('view-columns.md', docs);
    const text = page(reportViews('postgres'));
    if (process.env.GOLDEN) writeFileSync(file, text);
    assert.equal(readFileSync(file, 'utf8'), text);
  });

  it('is for both databases', () => {
    assert.equal(page(reportViews('sqlite')), page(reportViews('postgres')));
  });

  it('is asked ten questions of', () => assert.equal(sections.length, answers.length));
});
