/**
 * The practice that cares for the synthetic population, and its partners: organizations, locations, and staff with their roles.
 * The same for every seed, under readable ids, so that loading it again changes nothing.
 */
import type {
  ContactPoint,
  FhirResource,
  Location,
  Organization,
  Practitioner,
  PractitionerRole,
  Reference,
} from '../../resources/types.ts';
import { coding, concept, identifierSystem } from './coding.ts';
import { plain } from './names.ts';
import { type StaffMember, type StaffRole, staff, staffRoles } from './staff.ts';

const phone = (last: number): ContactPoint => ({ system: 'phone', value: `+1 520-555-01${last}`, use: 'work' });

interface Partner {
  readonly id: string;
  readonly name: string;
  readonly alias?: string;
  readonly type: readonly [code: string, display: string];
  readonly line: string;
  readonly partOf?: string;
}

const partners: readonly Partner[] = [
  {
    id: 'palo-verde-care',
    name: 'Palo Verde Care Cooperative',
    alias: 'Palo Verde',
    type: ['prov', 'Healthcare Provider'],
    line: '100 Acequia Lane',
  },
  {
    id: 'palo-verde-behavioral',
    name: 'Palo Verde Behavioral Health',
    type: ['dept', 'Hospital Department'],
    line: '102 Acequia Lane',
    partOf: 'palo-verde-care',
  },
  {
    id: 'san-jacinto-hospital',
    name: 'San Jacinto Wells Hospital',
    alias: 'The Wells',
    type: ['prov', 'Healthcare Provider'],
    line: '1 Hospital Loop',
  },
  {
    id: 'harvest-table',
    name: 'Harvest Table Community Kitchen',
    type: ['cg', 'Community Group'],
    line: '88 Mesquite & 4th',
  },
  { id: 'desert-ride', name: 'Desert Ride Volunteer Transport', type: ['cg', 'Community Group'], line: '9 Depot Road' },
];

const reference = (type: string, id: string, display: string): Reference => ({ reference: `${type}/${id}`, display });

/** A reference to an organization of the practice, by its id. */
export function organizationReference(id: string): Reference {
  return reference('Organization', id, partners.find((partner) => partner.id === id)?.name ?? id);
}

const organization = ({ id, name, alias, type: [code, display], line, partOf }: Partner, at: number): Organization => ({
  resourceType: 'Organization',
  id,
  identifier: [{ system: identifierSystem.organization, value: `ORG-${at + 1}` }],
  active: true,
  type: [concept('organizationType', code, display)],
  name,
  ...(alias ? { alias: [alias] } : {}),
  telecom: [phone(10 + at)],
  address: [{ use: 'work', line: [line], city: 'Palo Verde Springs', state: 'AZ', postalCode: '85990', country: 'US' }],
  ...(partOf ? { partOf: organizationReference(partOf) } : {}),
});

const sites = [
  ['palo-verde-clinic', 'Palo Verde Clinic', 'PC', 'Primary care clinic', 'palo-verde-care'],
  ['palo-verde-counseling', 'Palo Verde Counseling Rooms', 'OF', 'Outpatient facility', 'palo-verde-behavioral'],
  ['san-jacinto-ward-3', 'San Jacinto Wells, Ward 3', 'HOSP', 'Hospital', 'san-jacinto-hospital'],
] as const;

const location = ([id, name, code, display, managedBy]: (typeof sites)[number]): Location => ({
  resourceType: 'Location',
  id,
  status: 'active',
  name,
  mode: 'instance',
  type: [concept('roleCode', code, display)],
  telecom: [phone(20)],
  physicalType: concept('physicalType', 'bu', 'Building'),
  position: { longitude: -110.9375, latitude: 32.2031 },
  managingOrganization: organizationReference(managedBy),
});

/** A member of staff with the references that others use. */
export interface Colleague extends StaffMember {
  readonly id: string;
  readonly display: string;
  readonly practitioner: Reference;
  readonly practitionerRole: Reference;
}

const colleagues: readonly Colleague[] = staff.map((member) => {
  const id = `${plain(member.given)}-${plain(member.family)}`;
  const display = [member.prefix, member.given, member.family].filter((part) => part !== undefined).join(' ');
  return {
    ...member,
    id,
    display,
    practitioner: reference('Practitioner', id, display),
    practitionerRole: reference('PractitionerRole', id, display),
  };
});

/** Everybody of the practice who plays `role`; never empty. */
export const colleaguesAs = (role: StaffRole): readonly Colleague[] => byRole.get(role) ?? [];

const byRole = new Map(
  (Object.keys(staffRoles) as StaffRole[]).map((role) => [role, colleagues.filter((one) => one.role === role)]),
);

const practitioner = (colleague: Colleague, at: number): Practitioner => ({
  resourceType: 'Practitioner',
  id: colleague.id,
  identifier: [
    {
      use: 'official',
      type: concept('identifierType', 'EI', 'Employee number'),
      system: identifierSystem.staff,
      value: `S-${String(at + 1).padStart(4, '0')}`,
    },
  ],
  active: true,
  name: [
    {
      use: 'official',
      family: colleague.family,
      given: [colleague.given],
      ...(colleague.prefix ? { prefix: [colleague.prefix] } : {}),
    },
  ],
  telecom: [phone(30 + at), { system: 'email', value: `${colleague.id}@example.org`, use: 'work' }],
  gender: colleague.gender,
  communication: ['en', ...(colleague.languages ?? [])].map((tag) => ({ coding: [coding('language', tag)] })),
});

function practitionerRole(colleague: Colleague): PractitionerRole {
  const { role, specialty, organization: employer } = staffRoles[colleague.role];
  return {
    resourceType: 'PractitionerRole',
    id: colleague.id,
    active: true,
    practitioner: colleague.practitioner,
    organization: organizationReference(employer),
    code: [role],
    ...(specialty ? { specialty: [specialty] } : {}),
    location: [
      { reference: `Location/${employer === 'palo-verde-behavioral' ? 'palo-verde-counseling' : 'palo-verde-clinic'}` },
    ],
    availableTime: [
      {
        daysOfWeek: ['mon', 'tue', 'wed', 'thu', 'fri'],
        availableStartTime: '08:00:00',
        availableEndTime: '17:00:00',
      },
    ],
  };
}

/** Every resource of the practice and its partners; what is referred to comes before what refers to it. */
export const practice = (): FhirResource[] => [
  ...partners.map(organization),
  ...sites.map(location),
  ...colleagues.map(practitioner),
  ...colleagues.map(practitionerRole),
];
