/** `throughline views`: the views for reports, made, shown, and opened to a role that may read nothing else. */
import { Command, InvalidArgumentError, Option } from 'commander';
import { databaseOption } from '../config.ts';
import type { DialectName } from '../store/dialect.ts';
import { grantViews, keepViews } from '../store/views.ts';
import { viewSet } from '../view/set.ts';
import { requireDatabase } from './existing-database.ts';
import { withStore } from './with-store.ts';

interface ViewsOptions {
  readonly database: string;
  readonly role?: string;
  readonly print?: boolean;
}

const HELP = `
Views for reports: a row for each client, plan, goal, appointment ..., and a row for each item of their lists. On PostgreSQL the server makes them by itself
when it starts; on SQLite this makes them, and the server keeps them up to date from then on. Their columns and example questions are in docs/views.md.

--role lets a role of PostgreSQL read the views and nothing else. It is made, without login, when it is missing and the account in the address may make
roles. People and programs get it by GRANT; a later version's views are open to it as well.

Examples:
  throughline views
  throughline views --role care_report --database postgres://care@localhost/care
  throughline views --print --database postgres://localhost/care > views.sql
`;

function roleName(text: string): string {
  if (/^[a-z_][a-z0-9_]{0,62}$/.test(text)) return text;
  throw new InvalidArgumentError('It must be a name of lower case letters, digits and _, such as care_report.');
}

const dialectOf = (database: string): DialectName => (database.startsWith('sqlite:') ? 'sqlite' : 'postgres');

const say = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

async function views({ database, role, print }: ViewsOptions): Promise<void> {
  const set = viewSet(dialectOf(database));
  if (print) {
    for (const statement of set.statements) say(`${statement};\n`);
    return;
  }
  if (role !== undefined && dialectOf(database) === 'sqlite')
    throw new Error('SQLite has no roles: who may read the file reads everything in it');
  await requireDatabase(database);
  // Makes the tables where there are none yet.
  await withStore(database, async () => undefined);
  const kept = await keepViews(database, set);
  say(`${set.views.length} views ${kept === 'made' ? 'made' : 'were there'}`);
  if (role === undefined) return;
  const { isNew, readsTables } = await grantViews(database, set, role);
  say(`${role}${isNew ? ', a new role,' : ''} may read them`);
  if (readsTables) say(`${role} may read the tables as well, by rights that it has from elsewhere`);
}

export function viewsCommand(): Command {
  return new Command('views')
    .description('make the views for reports, show them, and open them to a role')
    .addOption(databaseOption())
    .addOption(new Option('--role <name>', 'a role of PostgreSQL that may read the views').argParser(roleName))
    .option('--print', 'write the statements and do nothing')
    .addHelpText('after', HELP)
    .action(views);
}
