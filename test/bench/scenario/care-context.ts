/** $care-context of clients with years of data, in a large population: what a specialist's app asks when it opens. */
import { withPopulation } from '../loaded-service.ts';
import { figuresOf, measure } from '../named-requests.ts';
import { get, patients } from '../population.ts';
import type { Bench, Report, Row, Scenario } from '../scenario.ts';

const CONNECTIONS = [1, 4];

/** Clients whose context is asked for, spread over the population. */
const SAMPLE = 500;

export const careContext: Scenario = {
  name: 'care-context',
  title: '$care-context of a client',
  run(bench: Bench): Promise<Report> {
    const clients = Math.max(...bench.options.populations);
    return withPopulation(bench, clients, async (service) => {
      const all = patients(clients);
      const step = Math.max(1, Math.floor(all.length / SAMPLE));
      const requests = all.filter((_, at) => at % step === 0).map(({ id }) => get(`/fhir/Patient/${id}/$care-context`));
      const rows: Row[] = [];
      for (const connections of CONNECTIONS) {
        const name = `${clients} clients, ${connections} connection(s)`;
        const { result, cpuUs } = await measure(bench, service, { name, requests }, connections);
        rows.push({ name, figures: { ...figuresOf(result), 'server CPU us': cpuUs } });
      }
      return { rows };
    });
  },
};
