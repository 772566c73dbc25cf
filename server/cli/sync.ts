/** `throughline sync`: a practice's own tables and FHIR, kept in step. */
import { Command } from 'commander';
import { checkCommand } from './sync/check.ts';
import { conflictsCommand } from './sync/conflicts.ts';
import { exampleCommand } from './sync/example.ts';
import { fileCommand } from './sync/file.ts';
import { pullCommand } from './sync/pull.ts';
import { pushCommand } from './sync/push.ts';
import { resolveCommand } from './sync/resolve.ts';
import { watchCommand } from './sync/watch.ts';

const HELP = `
A binding file says which columns of the practice's tables hold which fields; docs/sync.md has its form. To begin:

  throughline sync example --clients 100 --into sqlite:practice.sqlite
  throughline sync check practice.yaml --from sqlite:practice.sqlite
  throughline sync pull practice.yaml --from sqlite:practice.sqlite --dry-run
  throughline sync pull practice.yaml --from sqlite:practice.sqlite
  throughline sync watch practice.yaml --from sqlite:practice.sqlite
`;

export const syncCommand = (): Command =>
  new Command('sync')
    .description("keep a practice's own tables and FHIR in step, or take a file of them")
    .addCommand(checkCommand())
    .addCommand(pullCommand())
    .addCommand(pushCommand())
    .addCommand(watchCommand())
    .addCommand(conflictsCommand())
    .addCommand(resolveCommand())
    .addCommand(fileCommand())
    .addCommand(exampleCommand())
    .addHelpText('after', HELP);
