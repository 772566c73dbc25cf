#!/usr/bin/env node
/**
 * The command line: `throughline serve`, `import`, `export`, `demo`, `package`, `terminology`, `sweep`, `lint`, `views`,
 * `doctor`. Each command is a file in `cli/`.
 */
import { Command } from 'commander';
import { demoCommand } from './cli/demo.ts';
import { doctorCommand } from './cli/doctor.ts';
import { exportCommand } from './cli/export.ts';
import { importCommand } from './cli/import.ts';
import { lintCommand } from './cli/lint.ts';
import { packageCommand } from './cli/package.ts';
import { masked, sentenceOf } from './cli/sentence.ts';
import { serveCommand } from './cli/serve.ts';
import { sweepCommand } from './cli/sweep.ts';
import { syncCommand } from './cli/sync.ts';
import { terminologyCommand } from './cli/terminology.ts';
import { viewsCommand } from './cli/views.ts';
import { VERSION } from './version.ts';

const program = new Command('throughline')
  .description('A FHIR R4 interoperability server for care coordination')
  .version(VERSION)
  .showHelpAfterError()
  .addCommand(serveCommand())
  .addCommand(importCommand())
  .addCommand(exportCommand())
  .addCommand(demoCommand())
  .addCommand(packageCommand())
  .addCommand(syncCommand())
  .addCommand(terminologyCommand())
  .addCommand(sweepCommand())
  .addCommand(lintCommand())
  .addCommand(viewsCommand())
  .addCommand(doctorCommand());

// `throughline lint | head`: whoever reads has enough, which is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit();
});

try {
  await program.parseAsync();
} catch (error) {
  process.stderr.write(`throughline: ${masked(sentenceOf(error))}\n`);
  process.exitCode = 1;
}
