/** Memory under a mixed load that goes on for minutes: reads, writes, histories and transactions together. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Kind } from '../load/plan.ts';
import { withPopulation } from '../loaded-service.ts';
import { figuresOf } from '../named-requests.ts';
import { get, patients, post, postBundles, put } from '../population.ts';
import { residentMb } from '../process-figures.ts';
import type { Bench, Report, Scenario } from '../scenario.ts';

const CONNECTIONS = 8;

function kinds(clients: number): readonly Kind[] {
  const people = patients(clients);
  return [
    { name: 'read', weight: 70, requests: people.map(({ id }) => get(`/fhir/Patient/${id}`)) },
    {
      name: 'create',
      weight: 10,
      requests: people.map((patient) => post('/fhir/Patient', { ...patient, id: undefined })),
    },
    { name: 'update', weight: 10, requests: people.map((patient) => put(`/fhir/Patient/${patient.id}`, patient)) },
    {
      name: 'history of an instance',
      weight: 5,
      requests: people.map(({ id }) => get(`/fhir/Patient/${id}/_history`)),
    },
    { name: 'history of the system', weight: 4, requests: [get('/fhir/_history?_count=50')] },
    { name: 'transaction of 20', weight: 1, requests: postBundles(10, 20).map((bundle) => post('/fhir', bundle)) },
  ];
}

/** Resident memory once a second until stopped. */
function watch(pid: number): { stop(): readonly number[] } {
  const samples: number[] = [];
  const timer = setInterval(() => samples.push(residentMb(pid)), 1000);
  return {
    stop() {
      clearInterval(timer);
      return samples;
    },
  };
}

export const mixed: Scenario = {
  name: 'mixed',
  title: `Mixed load, ${CONNECTIONS} connections`,
  run(bench: Bench): Promise<Report> {
    const clients = bench.options.quick ? 5 : 100;
    return withPopulation(bench, clients, async ({ port, pid }) => {
      const before = residentMb(pid);
      const memory = watch(pid);
      const seconds = bench.options.minutes * 60;
      const plan = { port, connections: CONNECTIONS, kinds: kinds(clients), order: 'random', seconds } as const;
      const result = await bench.load.run(plan);
      const samples = memory.stop();
      const atEnd = residentMb(pid);
      await sleep(5000);
      return {
        rows: [
          ...result.kinds.map((kind) => ({ name: kind.name, figures: figuresOf(kind) })),
          { name: 'memory before the load', figures: { 'RSS MB': before } },
          { name: 'memory after half of it', figures: { 'RSS MB': samples[Math.floor(samples.length / 2)] } },
          { name: 'memory at its end', figures: { 'RSS MB': atEnd } },
          { name: 'highest memory', figures: { 'RSS MB': Math.max(before, atEnd, ...samples) } },
          { name: 'memory after 5 s of rest', figures: { 'RSS MB': residentMb(pid) } },
        ],
        notes: [`${Math.round(seconds)} s of load.`],
      };
    });
  },
};
