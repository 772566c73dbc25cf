/** Searches on demo populations: throughput and percentiles of each, and how the medians grow with the population. */
import { type LoadedService, withPopulation } from '../loaded-service.ts';
import { figuresOf, type Measured, measure, type NamedRequests, type Subject } from '../named-requests.ts';
import { type Bench, below, type Report, type Row, type Scenario, type Target } from '../scenario.ts';
import { searchRequests } from '../searches.ts';
import { median } from '../statistics.ts';

const CONNECTIONS = 4;

/** Requests of a search whose matches are counted. */
const COUNTED = 100;

/** Up to this factor the mean of the matches is that of other values, not of more of them. */
const SAME = 1.25;

/** A search on one population. */
interface Seen {
  readonly name: string;
  readonly clients: number;
  /** Mean over the requests of how many resources match, whatever page of them is asked for. */
  readonly matches: number;
  readonly rounds: readonly Measured[];
}

interface Population {
  readonly clients: number;
  readonly service: LoadedService;
}

/** The same search, asking only how many match. */
function countOf(path: string): string {
  const [type = '', text = ''] = path.split('?');
  const query = new URLSearchParams(text);
  for (const name of [...query.keys()])
    if (/^_(count|sort|total|summary|include|revinclude)/.test(name)) query.delete(name);
  query.set('_summary', 'count');
  return `${type}?${query}`;
}

async function matchesOf({ port }: Subject, { requests }: NamedRequests): Promise<number> {
  let sum = 0;
  const some = requests.slice(0, COUNTED);
  for (const { path } of some) {
    const answer = await fetch(`http://127.0.0.1:${port}${countOf(path)}`);
    if (!answer.ok) throw new Error(`${countOf(path)} is answered with ${answer.status}`);
    sum += ((await answer.json()) as { readonly total: number }).total;
  }
  return sum / some.length;
}

const medianMs = ({ result }: Measured): number => result.p50Ms;

/** Each search in turns on all populations, so that whatever else the machine does meets all of them. */
async function seenOn(bench: Bench, populations: readonly Population[]): Promise<readonly Seen[]> {
  const requests = populations.map(({ clients }) => searchRequests(clients));
  const seen: Seen[] = [];
  for (const [at, { name }] of (requests[0] ?? []).entries()) {
    const rounds = populations.map((): Measured[] => []);
    for (let round = 0; round < bench.options.rounds; round++)
      for (const [place, { service }] of populations.entries())
        rounds[place]?.push(await measure(bench, service, requestsAt(requests[place], at), CONNECTIONS));
    for (const [place, { clients, service }] of populations.entries()) {
      const matches = await matchesOf(service, requestsAt(requests[place], at));
      seen.push({ name, clients, matches, rounds: rounds[place] ?? [] });
    }
  }
  return seen;
}

function requestsAt(list: readonly NamedRequests[] | undefined, at: number): NamedRequests {
  const found = list?.[at];
  if (!found) throw new Error('every population has the same searches');
  return found;
}

/** The round in the middle. */
function rowOf({ name, clients, matches, rounds }: Seen): Row {
  const middle = rounds.toSorted((a, b) => medianMs(a) - medianMs(b))[Math.floor(rounds.length / 2)];
  if (!middle) throw new Error('a search has a round');
  return {
    name: `${clients} clients: ${name}`,
    figures: { matches, ...figuresOf(middle.result), 'server CPU us': middle.cpuUs },
  };
}

/** For each search that finds no more in the largest population: how many times its median there has of the smallest's. */
const growth = (small: readonly Seen[], large: readonly Seen[]): readonly Target[] =>
  small.flatMap(({ name, matches, rounds }) => {
    const other = large.find((each) => each.name === name);
    if (!other || other.matches > SAME * matches) return [];
    const ratios = rounds.map((round, at) => {
      const beside = other.rounds[at];
      return beside ? medianMs(beside) / medianMs(round) : Number.NaN;
    });
    return [below(1.5, `${name}: median within 1.5 times`, median(ratios))];
  });

/** Runs `use` with a server for each population, all of them at once. */
function withPopulations<T>(
  bench: Bench,
  [clients, ...others]: readonly number[],
  use: (populations: readonly Population[]) => Promise<T>,
): Promise<T> {
  if (clients === undefined) return use([]);
  return withPopulation(bench, clients, (service) =>
    withPopulations(bench, others, (rest) => use([{ clients, service }, ...rest])),
  );
}

export const search: Scenario = {
  name: 'search',
  title: `Searches, ${CONNECTIONS} connections`,
  run(bench: Bench): Promise<Report> {
    const sizes = bench.options.populations.toSorted((a, b) => a - b);
    return withPopulations(bench, sizes, async (populations) => {
      const seen = await seenOn(bench, populations);
      const of = (size: number | undefined) => seen.filter(({ clients }) => clients === size);
      return {
        rows: sizes.flatMap(of).map(rowOf),
        targets: sizes.length > 1 ? growth(of(sizes[0]), of(sizes.at(-1))) : [],
        notes: populations.map(
          ({ clients, service }) => `${clients} clients loaded in ${service.loadSeconds.toFixed(1)} s.`,
        ),
      };
    });
  },
};
