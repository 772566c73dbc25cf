/** Start on an existing database: time to the first answered `/metadata`, and resident memory then. */
import { withPopulation } from '../loaded-service.ts';
import { residentMb } from '../process-figures.ts';
import { type Bench, below, type Report, type Scenario } from '../scenario.ts';
import { startService } from '../service.ts';
import { median } from '../statistics.ts';

export const start: Scenario = {
  name: 'start',
  title: 'Start on an existing database',
  run(bench: Bench): Promise<Report> {
    const clients = bench.options.quick ? 5 : 100;
    return withPopulation(bench, clients, async ({ database }) => {
      const times: number[] = [];
      const memory: number[] = [];
      for (let round = 0; round < bench.options.rounds; round++) {
        const service = await startService(database.url);
        times.push(service.startMs);
        memory.push(residentMb(service.pid));
        await service.stop();
      }
      const figures = { 'ms to /metadata': median(times), 'slowest ms': Math.max(...times), 'RSS MB': median(memory) };
      return {
        rows: [{ name: `start, ${clients} clients stored`, figures }],
        targets: [
          below(1000, 'first /metadata in under 1,000 ms', median(times)),
          below(200, 'under 200 MB resident after start', median(memory)),
        ],
      };
    });
  },
};
