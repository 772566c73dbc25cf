/** `throughline sync conflicts`: rows that wait for a decision. */
import { Command, Option } from 'commander';
import { type WaitingRow, waitingRows } from '../../sync/resolve.ts';
import { type SyncOptions, withSync, withSyncOptions } from './open-sync.ts';

const HELP = `
"theirs" is what the row of the practice says, "ours" what FHIR says, "before" what both said when they were last in step. Decide with
throughline sync resolve. Rows that the practice's database has refused are listed too; a push tries them again.

Exit code: 0 when nothing waits, 1 otherwise.
`;

const said = (value: unknown): string => (value === undefined ? '(not known)' : JSON.stringify(value));

export function* linesOf({ table, row, waiting }: WaitingRow): Generator<string> {
  const name = `${table}/${row.key}  ${row.type}/${row.id}`;
  switch (waiting.kind) {
    case 'refused':
      yield `${name}  refused by the practice: ${waiting.reasons.join('; ')}`;
      return;
    case 'row-deleted':
      yield `${name}  the row was deleted, and the resource has changed`;
      break;
    case 'resource-deleted':
      yield `${name}  the resource was deleted, and the row has changed`;
      break;
    case 'changed':
      yield name;
  }
  for (const { part, fields, before, theirs, ours } of waiting.parts) {
    yield `  ${part} (${fields.join(', ')})`;
    yield `    before ${said(before)}`;
    yield `    theirs ${said(theirs)}`;
    yield `    ours   ${said(ours)}`;
  }
}

async function run(file: string, options: SyncOptions & { readonly format: string }): Promise<void> {
  await withSync(file, options, { signal: new AbortController().signal, isAlone: false }, async ({ sync }) => {
    const rows = await waitingRows(sync);
    for (const row of rows) {
      const { table, row: known, waiting } = row;
      if (options.format === 'json')
        process.stdout.write(
          `${JSON.stringify({ table, key: known.key, resource: `${known.type}/${known.id}`, ...waiting })}\n`,
        );
      else for (const line of linesOf(row)) process.stdout.write(`${line}\n`);
    }
    process.stderr.write(`${rows.length} rows wait.\n`);
    process.exitCode = rows.length > 0 ? 1 : 0;
  });
}

export const conflictsCommand = (): Command =>
  withSyncOptions(
    new Command('conflicts').description('list the rows that wait for a decision, with what each side says'),
  )
    .addOption(
      new Option('--format <format>', 'text, or json: a line for each').choices(['text', 'json']).default('text'),
    )
    .addHelpText('after', HELP)
    .action(run);
