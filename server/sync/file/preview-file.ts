/**
 * A preview: every row is planned and none is written. Clients whom earlier rows would make are looked for by the same rules as those that are stored,
 * so that it foretells what an import would do.
 */
import type { Client } from '../../../mappings/model.ts';
import type { Patient } from '../../../resources/types.ts';
import type { FileTable } from './file-table.ts';
import type { Result } from './import-file.ts';
import { type FindPatients, identifiersOf, matchClient, nameMark } from './match.ts';
import { type Planned, type PlanOptions, planner } from './plan.ts';

/** @throws Error with a sentence when the file cannot be read on */
export async function* previewFile(table: FileTable, options: PlanOptions): AsyncGenerator<Result> {
  const plan = planner(options);
  const made = clientsMade();
  const lines = new Map<string, number>();
  for await (const row of table.rows()) {
    const planned = await plan(row);
    const { fate, reference = '', line } = planned;
    if (fate !== 'new') yield planned;
    else if (lines.has(reference)) yield { ...planned, sameAs: lines.get(reference) ?? line };
    else {
      const result: Result = options.lens.mapping.name === 'Client' ? await made.among(planned) : planned;
      if (result.fate === 'new' && result.sameAs === undefined) lines.set(reference, line);
      yield result;
    }
  }
}

/** The clients whom rows so far would make. */
function clientsMade() {
  const byMark = new Map<string, Patient[]>();
  const lines = new Map<string, number>();

  function add(client: Client, { write, line }: Planned): void {
    // A write of a client is one of a Patient.
    const patient = write?.resource as Patient | undefined;
    if (!patient) return;
    lines.set(patient.id ?? '', line);
    for (const mark of marksOf(client)) byMark.set(mark, [...(byMark.get(mark) ?? []), patient]);
  }

  return {
    /** The row as it stands to the rows before it. */
    async among(planned: Planned): Promise<Result> {
      const client = planned.record as Client;
      const match = await matchClient(client, findIn(byMark, client));
      switch (match.kind) {
        case 'none':
          add(client, planned);
          return planned;
        case 'matched':
          return { ...planned, sameAs: lines.get(match.id) ?? planned.line };
        case 'ambiguous': {
          const candidates = match.candidates.map((each) => ({ ...each, line: lines.get(each.id) ?? planned.line }));
          const { line, record, problems, marks } = planned;
          return { line, record, problems, marks, fate: 'ambiguous', candidates };
        }
      }
    },
  };
}

function marksOf(client: Client): readonly string[] {
  const name = nameMark(client);
  const numbers = identifiersOf(client).map(({ system, value }) => `${system}|${value}`);
  return name === undefined ? numbers : [...numbers, name];
}

/** Searches as `matchClient` asks them: by an identifier, by name with a birth date, by name without one. */
function findIn(byMark: ReadonlyMap<string, readonly Patient[]>, client: Client): FindPatients {
  const ofName = byMark.get(nameMark(client) ?? '') ?? [];
  const ofNumbers = identifiersOf(client).flatMap(({ system, value }) => byMark.get(`${system}|${value}`) ?? []);
  return async (criteria) => {
    if ('identifier' in criteria) return ofNumbers;
    return ofName.filter(({ birthDate }) => (birthDate === undefined) === 'birthdate:missing' in criteria);
  };
}
