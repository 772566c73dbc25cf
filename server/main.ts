#!/usr/bin/env node
/** The command line: `throughline serve`, `import`, `export`, `demo`, `doctor`. Each command is a file in `cli/`. */
import { Command } from 'commander';
import { serveCommand } from './cli/serve.ts';
import { VERSION } from './version.ts';

const program = new Command('throughline')
  .description('A FHIR R4 interoperability server for care coordination')
  .version(VERSION)
  .showHelpAfterError()
  .addCommand(serveCommand());

await program.parseAsync();
