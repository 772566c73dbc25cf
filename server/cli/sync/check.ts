/** `throughline sync check`: the binding against the real tables. */
import { Command } from 'commander';
import { checkSchema, type Finding } from '../../sync/check.ts';
import { bindingArgument, fromOption, openBinding, withPractice } from './open-sync.ts';

const HELP = `
Says which tables and columns the binding names and the database does not have, keys that several rows share, values that no table of values names,
and columns that nothing binds. Reads the practice's database and writes nothing.

Exit code: 0 when no error was found, 1 otherwise.
`;

const line = ({ severity, table, column, text }: Finding): string =>
  `${severity.padEnd(7)} ${table}${column === undefined ? '' : `.${column}`}: ${text}\n`;

async function run(file: string, { from }: { readonly from: string }): Promise<void> {
  const { lenses } = await openBinding(file);
  const findings = await withPractice(from, (practice) => checkSchema(practice, lenses));
  for (const finding of findings) process.stdout.write(line(finding));
  const errors = findings.filter(({ severity }) => severity === 'error').length;
  const warnings = findings.filter(({ severity }) => severity === 'warning').length;
  process.stderr.write(`${lenses.length} tables bound: ${errors} errors, ${warnings} warnings.\n`);
  process.exitCode = errors > 0 ? 1 : 0;
}

export const checkCommand = (): Command =>
  new Command('check')
    .description('hold a binding file against the tables of the practice')
    .addArgument(bindingArgument())
    .addOption(fromOption())
    .addHelpText('after', HELP)
    .action(run);
