/** The people who work in the synthetic practice and its partners, by the part they play in care. Data only. */
import type { CodeableConcept } from '../../resources/types.ts';
import { concept } from './coding.ts';

export type StaffRole =
  | 'coordinator'
  | 'primaryCare'
  | 'psychiatrist'
  | 'therapist'
  | 'nurse'
  | 'pharmacist'
  | 'socialWorker';

/** What a role is called, its code among occupations, its specialty where it has one, and the organization it works for. */
export const staffRoles: Readonly<
  Record<StaffRole, { title: string; role: CodeableConcept; specialty?: CodeableConcept; organization: string }>
> = {
  coordinator: {
    title: 'Care coordinator',
    role: concept('snomed', '768820003', 'Care coordinator'),
    organization: 'palo-verde-care',
  },
  primaryCare: {
    title: 'Primary care physician',
    role: concept('snomed', '446050000', 'Primary care physician'),
    specialty: concept('snomed', '419772000', 'Family practice'),
    organization: 'palo-verde-care',
  },
  psychiatrist: {
    title: 'Psychiatrist',
    role: concept('snomed', '80584001', 'Psychiatrist'),
    specialty: concept('snomed', '394587001', 'Psychiatry'),
    organization: 'palo-verde-behavioral',
  },
  therapist: {
    title: 'Psychologist',
    role: concept('snomed', '59944000', 'Psychologist'),
    specialty: concept('snomed', '394913002', 'Psychotherapy'),
    organization: 'palo-verde-behavioral',
  },
  nurse: {
    title: 'Nurse',
    role: concept('snomed', '106292003', 'Professional nurse'),
    organization: 'palo-verde-care',
  },
  pharmacist: {
    title: 'Pharmacist',
    role: concept('snomed', '46255001', 'Pharmacist'),
    organization: 'palo-verde-care',
  },
  socialWorker: {
    title: 'Social worker',
    role: concept('snomed', '106328005', 'Social worker'),
    organization: 'palo-verde-care',
  },
};

export interface StaffMember {
  readonly role: StaffRole;
  readonly prefix?: string;
  readonly given: string;
  readonly family: string;
  readonly gender: 'female' | 'male' | 'other';
  /** Languages beside English, by BCP 47 tag. */
  readonly languages?: readonly string[];
}

type Row = readonly [
  role: StaffRole,
  given: string,
  family: string,
  gender: StaffMember['gender'],
  languages?: readonly string[],
];

const rows: readonly Row[] = [
  ['coordinator', 'Maribel', 'Ontiveros', 'female', ['es']],
  ['coordinator', 'Desmond', 'Achterberg', 'male'],
  ['coordinator', 'Linh', 'Đoàn', 'female', ['vi']],
  ['coordinator', 'Sorrel', 'Whitehorse', 'other', ['nv']],
  ['coordinator', 'Baptiste', 'Larivière', 'male', ['fr']],
  ['coordinator', 'Halina', 'Wróbel', 'female', ['pl']],
  ['coordinator', 'Octavio', 'Peñaloza', 'male', ['es', 'pt']],
  ['coordinator', 'Wren', 'Castellan', 'female'],
  ['primaryCare', 'Amara', 'Ekwueme', 'female'],
  ['primaryCare', 'Tobias', 'Lindqvist', 'male'],
  ['primaryCare', 'Graciela', 'Montaño', 'female', ['es']],
  ['primaryCare', 'Sanjay', 'Bhattacharya', 'male'],
  ['primaryCare', 'Corinne', 'Thibodeaux', 'female', ['fr']],
  ['primaryCare', 'Hollis', 'Marchbanks', 'male'],
  ['primaryCare', 'Yuna', 'Kirishima', 'female'],
  ['primaryCare', 'Renato', 'Figueirôa', 'male', ['pt']],
  ['psychiatrist', 'Ingrid', 'Solheim', 'female'],
  ['psychiatrist', 'Matías', 'Echeverría', 'male', ['es']],
  ['psychiatrist', 'Oluwaseun', 'Adébáyọ̀', 'male'],
  ['psychiatrist', 'Priscilla', 'Vandermeer', 'female'],
  ['psychiatrist', 'Xiùlán', 'Fāng', 'female', ['zh']],
  ['therapist', 'Juniper', 'Hathersage', 'other'],
  ['therapist', 'Rosalba', 'Quintanilla', 'female', ['es']],
  ['therapist', 'Emmanuel', 'Dorvil', 'male', ['fr']],
  ['therapist', 'Freya', 'Brännström', 'female'],
  ['therapist', 'Nasreen', 'Al-Sabbagh', 'female', ['ar']],
  ['therapist', 'Duncan', 'Ravensworth', 'male'],
  ['therapist', 'Zofia', 'Jabłońska', 'female', ['pl']],
  ['therapist', 'Elias', 'Manygoats', 'male', ['nv']],
  ['nurse', 'Perpetua', 'Nakagawa', 'female'],
  ['nurse', 'Declan', 'Ó Súilleabháin', 'male'],
  ['nurse', 'Citlali', 'Barragán', 'female', ['es']],
  ['pharmacist', 'Bertrand', 'Okonjo-Reyes', 'male', ['es']],
  ['pharmacist', 'Sunniva', 'Dahl', 'female'],
  ['socialWorker', 'Thaddeus', 'Greyeyes', 'male', ['nv']],
  ['socialWorker', 'Milagros', 'Sepúlveda', 'female', ['es']],
  ['socialWorker', 'Kerensa', 'Trevelyan', 'female'],
];

const doctors: ReadonlySet<StaffRole> = new Set(['primaryCare', 'psychiatrist', 'therapist']);

export const staff: readonly StaffMember[] = rows.map(([role, given, family, gender, languages]) => ({
  role,
  ...(doctors.has(role) ? { prefix: 'Dr.' } : {}),
  given,
  family,
  gender,
  ...(languages ? { languages } : {}),
}));
