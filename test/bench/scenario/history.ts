/** Pages of history. */
import { withPopulation } from '../loaded-service.ts';
import { measureAll } from '../named-requests.ts';
import { get, patients, put } from '../population.ts';
import type { Bench, Report, Scenario } from '../scenario.ts';

const VERSIONS = 60;

export const history: Scenario = {
  name: 'history',
  title: 'A page of 50 versions, 8 connections',
  run(bench: Bench): Promise<Report> {
    const clients = bench.options.quick ? 5 : 100;
    return withPopulation(bench, clients, async (service) => {
      const [patient] = patients(1);
      const path = `/fhir/Patient/${patient?.id}`;
      const versions = Array.from({ length: VERSIONS }, (_, index) =>
        put(path, { ...patient, multipleBirthInteger: index + 1 }),
      );
      const kinds = [{ name: 'versions', requests: versions }];
      await bench.load.run({ port: service.port, connections: 1, order: 'once', kinds });
      const list = [
        { name: 'history of an instance', requests: [get(`${path}/_history?_count=50`)] },
        { name: 'history of a type', requests: [get('/fhir/Observation/_history?_count=50')] },
        { name: 'history of the system', requests: [get('/fhir/_history?_count=50')] },
      ];
      return { rows: await measureAll(bench, service, list, 8) };
    });
  },
};
