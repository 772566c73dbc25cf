/** `throughline sync resolve`: the decision of people on a conflict. */
import { Command, InvalidArgumentError, Option } from 'commander';
import { type Choice, resolve } from '../../sync/resolve.ts';
import { type SyncOptions, withSync, withSyncOptions } from './open-sync.ts';
import { examplesOf, summaryOf } from './tell.ts';

interface ResolveOptions extends SyncOptions {
  readonly theirs?: boolean;
  readonly ours?: boolean;
  readonly fields?: ReadonlyMap<string, 'theirs' | 'ours'>;
}

const HELP = `
A conflict is named as "throughline sync conflicts" lists it: TABLE/KEY. --theirs takes what the row says into FHIR, --ours writes what FHIR says to
the row, --fields decides column by column. When one of the sides has changed since the conflict was found, nothing is done.

Examples:
  throughline sync resolve practice.yaml goals/1203 --ours --from sqlite:practice.sqlite
  throughline sync resolve practice.yaml clients/17 --fields status=theirs,zip=ours --from sqlite:practice.sqlite
`;

function fieldsOf(text: string): ReadonlyMap<string, 'theirs' | 'ours'> {
  const pairs = text.split(',').map((each) => each.split('='));
  return new Map(
    pairs.map(([name = '', side]) => {
      if (name === '' || (side !== 'theirs' && side !== 'ours'))
        throw new InvalidArgumentError('It must be of the form status=theirs,zip=ours.');
      return [name, side];
    }),
  );
}

function choiceOf({ theirs, ours, fields }: ResolveOptions): Choice {
  const [choice, ...others]: Choice[] = [
    ...(theirs ? ['theirs' as const] : []),
    ...(ours ? ['ours' as const] : []),
    ...(fields ? [fields] : []),
  ];
  if (choice === undefined || others.length > 0) throw new Error('Say one of --theirs, --ours and --fields');
  return choice;
}

async function run(file: string, name: string, options: ResolveOptions): Promise<void> {
  const choice = choiceOf(options);
  await withSync(file, options, { signal: new AbortController().signal, isAlone: false }, async ({ sync, report }) => {
    const outcomes = await resolve(sync, name, choice);
    for (const line of [...summaryOf(report), ...examplesOf(report.tables())]) process.stdout.write(`${line}\n`);
    process.exitCode = outcomes.some(({ kind }) => kind === 'bad') ? 1 : 0;
  });
}

export function resolveCommand(): Command {
  const command = withSyncOptions(new Command('resolve').description('decide a conflict, and carry the decision out'));
  return command
    .argument('<conflict>', 'TABLE/KEY')
    .option('--theirs', 'as the row of the practice has it')
    .option('--ours', 'as FHIR has it')
    .addOption(new Option('--fields <list>', 'column by column: status=theirs,zip=ours').argParser(fieldsOf))
    .addHelpText('after', HELP)
    .action(run);
}
