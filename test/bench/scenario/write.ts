/** Create and update of one resource, alone and with 32 clients at once. */
import { withPopulation } from '../loaded-service.ts';
import { measureAll } from '../named-requests.ts';
import { patients, post, put } from '../population.ts';
import type { Bench, Report, Row, Scenario } from '../scenario.ts';

export const write: Scenario = {
  name: 'write',
  title: 'Create and update of one resource',
  run(bench: Bench): Promise<Report> {
    const clients = bench.options.quick ? 5 : 100;
    return withPopulation(bench, clients, async (service) => {
      const people = patients(clients);
      const creates = people.map((patient) => post('/fhir/Patient', { ...patient, id: undefined }));
      const updates = people.map((patient) =>
        put(`/fhir/Patient/${patient.id}`, { ...patient, multipleBirthBoolean: true }),
      );
      const rows: Row[] = [];
      for (const connections of [1, 32]) {
        const suffix = `${connections} connection${connections > 1 ? 's' : ''}`;
        const list = [
          { name: `create a Patient, ${suffix}`, requests: creates },
          { name: `update a Patient, ${suffix}`, requests: updates },
        ];
        rows.push(...(await measureAll(bench, service, list, connections)));
      }
      return { rows };
    });
  },
};
