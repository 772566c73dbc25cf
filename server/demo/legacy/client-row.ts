/** The row of a client in the table `clients`. */
import type { Patient } from '../../../resources/types.ts';
import { dateOf } from '../calendar.ts';
import { patient } from '../patient.ts';
import type { Random } from '../random.ts';
import type { Story } from '../story.ts';
import { letter, said } from './letter.ts';
import { staffCode, typedPhone, usDate } from './old-form.ts';
import type { Row } from './rows.ts';

const reachedBy = (telecom: Patient['telecom'], system: string, use?: string): string | undefined =>
  telecom?.find((each) => each.system === system && (use === undefined || each.use === use))?.value;

/** The client as the front desk has typed it in. */
export function clientRow(story: Story, clientId: number, random: Random): Row {
  const { person, team, deceased, end } = story;
  const { telecom, address, contact, birthDate } = patient(story);
  const [home] = address ?? [];
  const [given = '', middle] = person.given;
  const phone = (use: string): string | null => {
    const found = reachedBy(telecom, 'phone', use);
    return found === undefined ? null : typedPhone(found, random);
  };
  const consent = random.pick(['Y', 'Y', 'Y', 'L', 'N', null]);
  return {
    client_id: clientId,
    chart_no: `PV${String(clientId).padStart(6, '0')}`,
    client_name: `${person.family}, ${given}`,
    middle_name: middle ?? null,
    known_as: person.nickname ?? null,
    pronouns: random.chance(0.15) ? random.pick(['she/her', 'he/him', 'they/them']) : null,
    // Where only the month or the year is known, the old program wants a day all the same.
    dob:
      birthDate?.length === 10
        ? usDate(birthDate)
        : birthDate === undefined
          ? null
          : usDate(`${birthDate}-01-01`.slice(0, 10)),
    sex: letter.sex[person.gender],
    home_phone: phone('home'),
    cell_phone: phone('mobile'),
    email: random.chance(0.7) ? (reachedBy(telecom, 'email') ?? null) : null,
    street: home?.line?.join(', ') ?? null,
    city: home?.city ?? null,
    state: home?.state ?? null,
    zip: home?.postalCode ?? null,
    lang: said(letter.language, person.culture.language),
    interp: person.interpreter ? 'Y' : random.pick(['N', 'N', null]),
    pcp_code: staffCode(team.primaryCare),
    coord_code: staffCode(team.coordinator),
    risk_level: riskOf(story),
    emerg_name: `${person.relative.family}, ${person.relative.given}`,
    emerg_rel: said(letter.relation, person.relative.relation[0]),
    emerg_phone: typedPhone(contact?.[0]?.telecom?.[0]?.value ?? '', random),
    consent,
    consent_date: consent === null ? null : dateOf(story.enrolled),
    contact_pref: random.chance(0.3)
      ? random.pick(['Text before calling', 'Evenings only', 'Leave no voicemail'])
      : null,
    status: deceased ? 'I' : 'A',
    died_on: deceased ? usDate(dateOf(end)) : null,
    deleted: 0,
    front_desk_note: random.chance(0.2)
      ? random.pick(['Parks in the back lot.', 'Brings a service dog.', 'Owes $12 copay'])
      : null,
  };
}

/** By the last total: 1 low to 4 crisis. */
function riskOf({ screenings }: Story): number {
  const { total = 0, answers = [] } = screenings.at(-1) ?? {};
  if ((answers[8] ?? 0) >= 2) return 4;
  return total >= 15 ? 3 : total >= 10 ? 2 : 1;
}
