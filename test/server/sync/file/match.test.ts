/** Which client a row is about: the identifier, then name and birth date, and never a guess. */
import { strict as assert } from 'node:assert';
import { RECORD_NUMBER } from '../../../../mappings/client.ts';
import type { Patient } from '../../../../resources/types.ts';
import { matchClient, type Who } from '../../../../server/sync/file/match.ts';
import { fhirSide } from '../../../../server/sync/file/store-port.ts';
import { onEveryDatabase } from '../../../server-under-test.ts';

const HOSPITAL = 'https://hospital.example/mrn';
const identifier = (value: string, system = RECORD_NUMBER) => [{ system, value }];

const people: readonly Patient[] = [
  {
    resourceType: 'Patient',
    id: 'maria',
    identifier: [...identifier('A-1'), ...identifier('77|8', HOSPITAL)],
    name: [{ use: 'official', family: 'Muñoz Peña', given: ['María', 'José'] }],
    birthDate: '1984-02-29',
  },
  {
    resourceType: 'Patient',
    id: 'obrien',
    name: [
      { family: "O'Brien", given: ['Séan'] },
      { use: 'maiden', family: 'Keane', given: ['Séan'] },
    ],
    birthDate: '1971-07-04',
  },
  // Twins, told apart by their given names.
  {
    resourceType: 'Patient',
    id: 'noor',
    gender: 'female',
    name: [{ family: 'Haddad', given: ['Noor'] }],
    birthDate: '2010-05-05',
  },
  { resourceType: 'Patient', id: 'layla', name: [{ family: 'Haddad', given: ['Layla'] }], birthDate: '2010-05-05' },
  // Twins whose given names nobody has written down yet.
  { resourceType: 'Patient', id: 'first-twin', name: [{ family: 'Wójcik', given: ['Baby'] }], birthDate: '2026-01-09' },
  {
    resourceType: 'Patient',
    id: 'second-twin',
    name: [{ family: 'Wójcik', given: ['Baby'] }],
    birthDate: '2026-01-09',
  },
  { resourceType: 'Patient', id: 'year-known', name: [{ family: 'Begay', given: ['Verna'] }], birthDate: '1950' },
  {
    resourceType: 'Patient',
    id: 'no-birth',
    identifier: identifier('C-3'),
    name: [{ family: 'Tsosie', given: ['Ahiga'] }],
  },
  {
    resourceType: 'Patient',
    id: 'one-number',
    identifier: identifier('B-2'),
    name: [{ family: 'Iyer', given: ['Rohan'] }],
    birthDate: '1990-01-01',
  },
  {
    resourceType: 'Patient',
    id: 'same-number',
    identifier: identifier('B-2'),
    name: [{ family: 'Iyer', given: ['Manoj'] }],
    birthDate: '1992-02-02',
  },
  {
    resourceType: 'Patient',
    id: 'merged',
    identifier: identifier('A-1'),
    link: [{ type: 'replaced-by', other: { reference: 'Patient/maria' } }],
    name: [{ family: 'Muñoz Peña', given: ['María', 'José'] }],
    birthDate: '1984-02-29',
  },
];

const name = (family: string, ...given: readonly string[]): Who => ({ legalName: { family, given } });

const cases: readonly (readonly [what: string, who: Who, found: string])[] = [
  ['the record number', { recordNumber: 'A-1' }, 'maria by identifier A-1'],
  [
    'a number of another system, with a bar in it',
    { identifiers: [{ system: HOSPITAL, value: '77|8' }] },
    'maria by identifier 77|8',
  ],
  ["a number alone, which may be anybody's", { identifiers: [{ value: 'A-1' }] }, 'none'],
  [
    'the record number before the name',
    { recordNumber: 'A-1', ...name('Munoz', 'Maria'), bornOn: '1984-02-29' },
    'maria by identifier A-1',
  ],
  [
    'a record number of somebody with another name and birth date',
    { recordNumber: 'A-1', ...name('Keller', 'Ivo'), bornOn: '1960-01-01' },
    'ambiguous: maria',
  ],
  ['a record number that two have', { recordNumber: 'B-2' }, 'ambiguous: one-number, same-number'],
  [
    'a record number that nobody has, and name and birth date',
    { recordNumber: 'Z-9', ...name('Haddad', 'Noor'), bornOn: '2010-05-05' },
    'noor by name and birth date',
  ],
  [
    'name and birth date of somebody of the other sex',
    { ...name('Haddad', 'Noor'), bornOn: '2010-05-05', sex: 'male' },
    'ambiguous: noor',
  ],
  [
    'name, birth date and sex',
    { ...name('Haddad', 'Noor'), bornOn: '2010-05-05', sex: 'female' },
    'noor by name and birth date',
  ],
  [
    'name and birth date of somebody with another record number',
    { recordNumber: 'Z-9', ...name('Muñoz Peña', 'María', 'José'), bornOn: '1984-02-29' },
    'ambiguous: maria',
  ],
  [
    'name and birth date without accents and case',
    { ...name('MUNOZ PENA', 'maria jose'), bornOn: '1984-02-29' },
    'maria by name and birth date',
  ],
  [
    'a name without its apostrophe',
    { ...name('OBrien', 'Sean'), bornOn: '1971-07-04' },
    'obrien by name and birth date',
  ],
  [
    'a name that was theirs before',
    { ...name('Keane', 'Sean'), bornOn: '1971-07-04' },
    'obrien by name and birth date',
  ],
  ['one of two twins', { ...name('Haddad', 'Layla'), bornOn: '2010-05-05' }, 'layla by name and birth date'],
  ['twins of one name', { ...name('Wojcik', 'Baby'), bornOn: '2026-01-09' }, 'ambiguous: first-twin, second-twin'],
  ['a third twin', { ...name('Haddad', 'Samira'), bornOn: '2010-05-05' }, 'none'],
  ['the first given name alone', { ...name('Muñoz Peña', 'María'), bornOn: '1984-02-29' }, 'ambiguous: maria'],
  ['another birth date', { ...name('Haddad', 'Noor'), bornOn: '2010-05-06' }, 'none'],
  [
    'a birth date of which only the year is stored',
    { ...name('Begay', 'Verna'), bornOn: '1950-03-03' },
    'ambiguous: year-known',
  ],
  ['a birth year', { ...name('Haddad', 'Noor'), bornOn: '2010' }, 'ambiguous: noor'],
  [
    'a name whose birth date is not stored',
    { ...name('Tsosie', 'Ahiga'), bornOn: '1980-01-01' },
    'ambiguous: no-birth',
  ],
  [
    'a name whose birth date is not stored, and another record number',
    { recordNumber: 'Z-9', ...name('Tsosie', 'Ahiga'), bornOn: '1980-01-01' },
    'none',
  ],
  ['a name without a birth date', name('Haddad', 'Noor'), 'none'],
  ['the beginning of a name', { ...name('Hadd', 'Noor'), bornOn: '2010-05-05' }, 'none'],
  ['a name with characters of the search syntax', { ...name('Haddad,Iyer', 'N$|\\'), bornOn: '2010-05-05' }, 'none'],
];

onEveryDatabase('a client is matched', (server) => {
  before(async () => {
    for (const person of people) await server().http.put(`/fhir/Patient/${person.id}`).send(person).expect(201);
  });

  for (const [what, who, expected] of cases)
    it(`by ${what}: ${expected}`, async () => {
      const match = await matchClient(who, fhirSide(server().app.dispatch).findPatients);
      const ids =
        match.kind === 'ambiguous'
          ? match.candidates
              .map(({ id }) => id)
              .sort()
              .join(', ')
          : '';
      const found =
        match.kind === 'matched'
          ? `${match.id} by ${match.by}`
          : match.kind === 'ambiguous'
            ? `ambiguous: ${ids}`
            : 'none';
      assert.equal(found, expected);
    });
});
