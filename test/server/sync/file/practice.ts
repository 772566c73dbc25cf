/** The binding of a small practice, and tables as files would give them, for tests of imports. */

import type { FileTable } from '../../../../server/sync/file/file-table.ts';
import { asWide } from '../../../../server/sync/file/file-table.ts';
import { clientSlot, headersFor } from '../../../../server/sync/file/header.ts';
import type { PlanOptions } from '../../../../server/sync/file/plan.ts';
import { fhirSide } from '../../../../server/sync/file/store-port.ts';
import { compileBinding, type Lens } from '../../../../server/sync/lens.ts';
import { readBinding } from '../../../../server/sync/read-binding.ts';
import type { ServerUnderTest } from '../../../server-under-test.ts';

const BINDING = `
binding: acequia
timeZone: America/Phoenix
tables:
  - table: clients
    model: Client
    key: client_id
    where: { branch: [1, 2] }
    deleted: { column: gone, value: 1 }
    columns:
      chart_no: recordNumber
      client_name: { to: [legalName.family, 'legalName.given[0]'], split: ', ' }
      dob: { to: bornOn, format: MM/DD/YYYY }
      sex: { to: sex, values: { M: male, F: female } }
      cell_phone: phones[use=mobile].number
      status: { to: active, values: { A: true, I: false } }
    joins:
      enrolment:
        table: enrolments
        on: { client_id: client_id }
        columns: { started: enrolment.start, state: { to: enrolment.status, values: { E: enrolled } } }
  - table: visits
    model: Appointment
    key: visit_id
    columns:
      client_id: { to: clientId, ref: clients }
      begins_at: start
      ends_at: end
      status: { to: status, values: { S: booked, K: done, N: no-show } }
      comments: comment
    constants: { clientResponse: accepted }
  - table: screens
    model: Phq9Assessment
    key: screen_id
    columns:
      client_id: { to: clientId, ref: clients }
      screened_on: answeredAt
      q1: interest
      q2: mood
      q3: sleep
      q4: energy
      q5: appetite
      q6: selfWorth
      q7: concentration
      q8: movement
      q9: selfHarm
    constants: { status: completed }
`;

export const { lenses } = compileBinding(readBinding(BINDING, 'yaml'));

export function lensOf(name: string): Lens {
  const found = lenses.find((lens) => lens.name === name);
  if (!found) throw new Error(`there is no ${name}`);
  return found;
}

export const headersOf = (headers: readonly string[], table: string) =>
  headersFor(headers, lensOf(table), clientSlot(lensOf(table), lenses)?.clients);

type Cells = readonly (string | number | null)[];

/** A table as a file gives it; its first row has the headers. */
export const tableOf = ([headers = [], ...rows]: readonly Cells[]): FileTable => ({
  headers: headers.map(String),
  form: 'test',
  async *rows() {
    for (const [at, cells] of rows.entries()) yield asWide(at + 2, cells, headers.length);
  },
});

export const optionsFor = ({ app }: ServerUnderTest, table: FileTable, name: string): PlanOptions => ({
  lens: lensOf(name),
  lenses,
  headers: headersOf(table.headers, name),
  side: fhirSide(app.dispatch),
  idOfRow: () => Promise.resolve(undefined),
  source: 'urn:throughline:sync:acequia',
});
