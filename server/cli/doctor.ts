/** `throughline doctor`: what keeps this machine from serving, and what to do about it. */
import { Command } from 'commander';
import { databaseOption } from '../config.ts';
import { configurationFindings } from './doctor/configuration.ts';
import { databaseFindings } from './doctor/database.ts';
import { type Finding, lineOf } from './doctor/finding.ts';
import { clockFinding, definitionsFinding, memoryFinding, nodeFinding } from './doctor/machine.ts';

interface DoctorOptions {
  readonly database?: string;
  readonly json?: boolean;
}

const HELP = `
A line for each finding:
  ok    works
  warn  works, and somebody should look at it
  fail  does not work, with what to do about it

Looked at: Node.js, the definitions, every environment variable, memory, the clock; of the database whether it can be reached, its schema,
size, free disk, write-ahead log, how long a read and a commit take, resources by type, search parameters, packages, views for reports. Nothing is changed: the commit
is a small file beside a SQLite database, gone at once, or a message in the log of PostgreSQL. Passwords are never shown.

Exit code: 0 nothing fails, 1 something does.

Examples:
  throughline doctor
  DATABASE_URL=postgres://care@localhost/care throughline doctor
  throughline doctor --json | jq '.findings[] | select(.level != "ok")'
`;

/** The address to look at; undefined when it is not valid, which the configuration's finding says. */
function validDatabase(text: string | undefined): string | undefined {
  const { parseArg, defaultValue } = databaseOption();
  if (text === undefined) return String(defaultValue);
  try {
    return String(parseArg?.(text, undefined));
  } catch {
    return undefined;
  }
}

/** All findings; `given` is the `--database` of the command line. */
export async function findings(given?: string): Promise<readonly Finding[]> {
  const now = Date.now();
  const database = validDatabase(given ?? process.env.DATABASE_URL);
  return [
    nodeFinding(process.versions.node),
    definitionsFinding(),
    ...configurationFindings(process.env, given),
    memoryFinding(),
    clockFinding(now),
    ...(database === undefined ? [] : await databaseFindings(database, now)),
  ];
}

async function doctor({ database, json }: DoctorOptions): Promise<void> {
  const found = await findings(database);
  const failed = found.some(({ level }) => level === 'fail');
  process.stdout.write(
    json ? `${JSON.stringify({ ok: !failed, findings: found }, null, 2)}\n` : `${found.map(lineOf).join('\n')}\n`,
  );
  process.exitCode = failed ? 1 : 0;
}

export function doctorCommand(): Command {
  return (
    new Command('doctor')
      .description('check configuration, database, disk and versions, and say what to do')
      // Read by the doctor itself: a wrong value is a finding, not the end.
      .option('-d, --database <url>', 'sqlite:PATH or postgres://... (env: DATABASE_URL)')
      .option('--json', 'findings as JSON, with their figures')
      .addHelpText('after', HELP)
      .action(doctor)
  );
}
