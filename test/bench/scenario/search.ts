/** Searches on demo populations: throughput and percentiles of each, and how the medians grow with the population. */
import { withPopulation } from '../loaded-service.ts';
import { measureAll } from '../named-requests.ts';
import { type Bench, below, type Report, type Row, type Scenario, type Target } from '../scenario.ts';
import { searchRequests } from '../searches.ts';

const CONNECTIONS = 4;

/** For each search whose results do not grow: how many times its median the largest population has of the smallest's. */
function growth(small: readonly Row[], large: readonly Row[], fixed: readonly string[]): readonly Target[] {
  const p50 = (rows: readonly Row[], name: string) =>
    rows.find((row) => row.name === name)?.figures['p50 ms'] ?? Number.NaN;
  return fixed.map((name) => below(1.5, `${name}: median within 1.5 times`, p50(large, name) / p50(small, name)));
}

export const search: Scenario = {
  name: 'search',
  title: `Searches, ${CONNECTIONS} connections`,
  async run(bench: Bench): Promise<Report> {
    const measured: { readonly clients: number; readonly rows: readonly Row[]; readonly note: string }[] = [];
    const sizes = [...bench.options.populations].sort((a, b) => a - b);
    for (const clients of sizes) {
      const found = await withPopulation(bench, clients, async (service) => ({
        clients,
        note: `${clients} clients loaded in ${service.loadSeconds.toFixed(1)} s.`,
        rows: await measureAll(bench, service, searchRequests(clients), CONNECTIONS),
      }));
      measured.push(found);
    }
    const [smallest] = measured;
    const largest = measured.at(-1);
    const fixed = searchRequests(5).filter(({ grows }) => !grows);
    return {
      rows: measured.flatMap(({ clients, rows }) =>
        rows.map(({ name, figures }) => ({ name: `${clients} clients: ${name}`, figures })),
      ),
      targets:
        smallest && largest && smallest !== largest
          ? growth(
              smallest.rows,
              largest.rows,
              fixed.map(({ name }) => name),
            )
          : [],
      notes: measured.map(({ note }) => note),
    };
  },
};
