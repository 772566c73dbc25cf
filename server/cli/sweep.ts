/** `throughline sweep`: lets the rules look at everything that is due by now, once. */
import { Command } from 'commander';
import { databaseOption } from '../config.ts';
import { requireDatabase } from './existing-database.ts';
import { writeOptions } from './option.ts';
import { numberText } from './progress.ts';
import { openApp, type TargetOptions } from './target.ts';

const HELP = `
A server does this by itself every hour (--sweep-minutes) for what has become due since it last looked. This command looks at everything: after an import with the
rules off, after rules or thresholds were changed, or where a server runs with --sweep-minutes 0 and something else keeps the time. What a rule has said it
does not say again. Give it the settings of the server.

Exit code: 0 done, 1 a rule failed or another process is at it.

Examples:
  throughline sweep
  throughline sweep --database postgres://care@db/care --rules phq9-late-days=3
`;

async function sweepDatabase(options: TargetOptions): Promise<void> {
  await requireDatabase(options.database);
  const { app, store } = await openApp(options);
  try {
    const swept = await app.sweep();
    if (!swept) {
      process.stderr.write('Another process is sweeping this database; nothing was done here.\n');
      process.exitCode = 1;
      return;
    }
    const { looked, changed, failed, reasons } = swept;
    process.stdout.write(
      `${numberText(looked)} looked at, ${numberText(changed)} changed, ${numberText(failed)} failed\n`,
    );
    for (const reason of reasons) process.stderr.write(`  ${reason}\n`);
    if (failed > 0) process.exitCode = 1;
  } finally {
    await app.drain();
    await store.close();
  }
}

export function sweepCommand(): Command {
  const command = new Command('sweep')
    .description('let the rules look at what is due by now')
    .addOption(databaseOption())
    .addHelpText('after', HELP)
    .action(sweepDatabase);
  for (const option of writeOptions()) command.addOption(option);
  return command;
}
