/**
 * A PHQ-9 with everything that follows from it in one durable commit, against transactions that put the same resources to a server without rules: the cost
 * of the rules themselves.
 */
import type { FhirResource } from '../../../resources/types.ts';
import { clientBundle } from '../../../server/demo/population.ts';
import type { RequestText } from '../../raw-http.ts';
import { post, put, STORY } from '../population.ts';
import { openRows } from '../rows/open-rows.ts';
import { atLeast, type Bench, type Report, type Row, type Scenario } from '../scenario.ts';
import { startService } from '../service.ts';
import { median } from '../statistics.ts';

const PHQ9 = 'http://loinc.org/q/44249-1';

interface Forms {
  readonly patients: readonly RequestText[];
  readonly submissions: readonly RequestText[];
}

/** The clients of the demo, and the forms that they answered: first of each, then the second of each, as time brings them. */
function formsOf(clients: number): Forms {
  const patients: RequestText[] = [];
  const series: RequestText[][] = [];
  for (let index = 1; index <= clients; index++) {
    const resources = (clientBundle(STORY, index).entry ?? []).flatMap(
      ({ resource }) => (resource as FhirResource | undefined) ?? [],
    );
    for (const resource of resources)
      if (resource.resourceType === 'Patient') patients.push(put(`/fhir/Patient/${resource.id}`, resource));
    series.push(
      resources.flatMap((resource) =>
        resource.resourceType === 'QuestionnaireResponse' && resource.questionnaire === PHQ9
          ? [post('/fhir/QuestionnaireResponse', { ...resource, id: undefined })]
          : [],
      ),
    );
  }
  const longest = Math.max(...series.map(({ length }) => length));
  const submissions = Array.from({ length: longest }, (_, at) => series.flatMap((forms) => forms[at] ?? [])).flat();
  return { patients, submissions };
}

interface Measured {
  readonly perSecond: number;
  /** The content of what each request wrote, when wanted. */
  readonly written: readonly (readonly Stored[])[];
}

interface Stored {
  readonly resourceType: string;
  readonly id: string;
  readonly meta?: object;
}

/** Sends the requests to a server on a new database that knows the clients; the first quarter warms it up and is not counted. */
async function measured(
  { databases, load }: Bench,
  { patients, requests }: { readonly patients: readonly RequestText[]; readonly requests: readonly RequestText[] },
  connections: number,
  set: Readonly<Record<string, string>>,
  wantsWritten = false,
): Promise<Measured> {
  const database = await databases.create();
  const { port, stop } = await startService(database.url, [], set);
  const run = (name: string, some: readonly RequestText[]) =>
    load.runKind({ port, connections, order: 'once', kinds: [{ name, requests: some }] });
  await run('clients', patients);
  const quarter = Math.ceil(requests.length / 4);
  await run('warm-up', requests.slice(0, quarter));
  const { perSecond } = await run('measured', requests.slice(quarter));
  await stop();
  const written = wantsWritten ? await writtenIn(database.url) : [];
  await database.drop();
  return { perSecond, written };
}

/** What each transaction wrote that took a form, oldest first. A Task that a later one changed counts there. */
async function writtenIn(url: string): Promise<readonly (readonly Stored[])[]> {
  const access = await openRows(url);
  const byTx = new Map<unknown, Stored[]>();
  for (const [tx, content] of await access.rows('resource', ['tx', 'content'])) {
    const resources = byTx.get(tx) ?? [];
    byTx.set(tx, resources);
    resources.push(JSON.parse(String(content)) as Stored);
  }
  await access.close();
  return [...byTx]
    .sort(([a], [b]) => Number(a) - Number(b))
    .map(([, resources]) => resources)
    .filter((resources) => resources.some(({ resourceType }) => resourceType === 'QuestionnaireResponse'));
}

const transactionOf = (resources: readonly Stored[]): RequestText =>
  post('/fhir', {
    resourceType: 'Bundle',
    type: 'transaction',
    entry: resources.map((resource) => ({
      resource: { ...resource, meta: undefined },
      request: { method: 'PUT', url: `${resource.resourceType}/${resource.id}` },
    })),
  });

const WITH_RULES = {};
const WITHOUT_RULES = { RULES: 'off' };
const CONNECTIONS = [1, 4];

export const phq9: Scenario = {
  name: 'phq9',
  title: 'A PHQ-9 with what follows from it',
  async run(bench: Bench): Promise<Report> {
    const { options } = bench;
    const { patients, submissions } = formsOf(options.quick ? 4 : 100);
    const on = { patients, requests: submissions };
    const { written } = await measured(bench, on, 4, WITH_RULES, true);
    const off = { patients, requests: written.map(transactionOf) };
    const resources = written.flat().length / written.length;
    const rows: Row[] = [];
    const targets: Report['targets'] & object[] = [];
    const rates = CONNECTIONS.map(() => ({ submitted: [] as number[], plain: [] as number[] }));
    for (let round = 0; round < options.rounds; round++)
      for (const [at, connections] of CONNECTIONS.entries()) {
        rates[at]?.submitted.push((await measured(bench, on, connections, WITH_RULES)).perSecond);
        rates[at]?.plain.push((await measured(bench, off, connections, WITHOUT_RULES)).perSecond);
      }
    for (const [at, connections] of CONNECTIONS.entries()) {
      const { submitted = [], plain = [] } = rates[at] ?? {};
      const ratio = median(submitted.map((each, round) => each / (plain[round] ?? Number.NaN)));
      rows.push(
        { name: `plain transactions, ${connections} connection(s)`, figures: { 'a second': median(plain) } },
        {
          name: `PHQ-9 by POST, ${connections} connection(s)`,
          figures: { 'a second': median(submitted), 'of plain': ratio },
        },
      );
      if (connections === CONNECTIONS.at(-1))
        targets.push(atLeast(0.5, 'at least half the transactions of the same resources a second', ratio));
    }
    return {
      rows,
      targets,
      notes: [`${written.length} forms of ${patients.length} clients; ${resources.toFixed(1)} resources each`],
    };
  },
};
