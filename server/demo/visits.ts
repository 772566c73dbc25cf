/** The appointments of a client, kept and not kept, past and to come. The status of each is one of Appointment.status. */
import type { Appointment } from '../../resources/types.ts';
import { type Day, workdayFrom, workdayUpTo } from './calendar.ts';
import type { Random } from './random.ts';
import type { HospitalStay, Screening } from './story.ts';

export interface Visit {
  /** Counts from 1 in the order of days; numbers the appointment and the encounter. */
  readonly number: number;
  readonly day: Day;
  /** Minutes after midnight. */
  readonly minute: number;
  readonly lengthMinutes: number;
  readonly status: Appointment['status'];
  readonly with: 'coordinator' | 'primaryCare' | 'therapist';
  readonly virtual: boolean;
  /** The number of the PHQ-9 that was answered at the visit. */
  readonly screening?: number;
}

interface Course {
  readonly screenings: readonly Screening[];
  readonly enrolled: Day;
  readonly end: Day;
  readonly deceased: boolean;
  readonly stay?: HospitalStay;
}

type Slot = Pick<Visit, 'day' | 'status' | 'screening'>;

function missedOrBrief(random: Random): Visit['status'] {
  return random.weighted([
    ['cancelled', 42],
    ['noshow', 36],
    ['fulfilled', 20],
    ['entered-in-error', 2],
  ]);
}

/** What is arranged for the time after `end`, and what is under way on the day itself. */
function upcoming(end: Day, random: Random): Slot[] {
  const slots: Slot[] = [];
  if (random.chance(0.1) && workdayUpTo(end) === end)
    slots.push({ day: end, status: random.pick(['arrived', 'checked-in', 'booked']) });
  for (let ahead = random.integer(0, 2); ahead > 0; ahead--)
    slots.push({
      day: workdayFrom(end + random.integer(1, 60)),
      status: random.weighted([
        ['booked', 78],
        ['pending', 8],
        ['proposed', 6],
        ['waitlist', 5],
        ['cancelled', 3],
      ]),
    });
  return slots;
}

/** The visits in the order of their days, at most one a day and none during a hospital stay. */
export function visitsOf({ screenings, enrolled, end, deceased, stay }: Course, random: Random): Visit[] {
  const slots: Slot[] = screenings.map(({ day, number }) => ({ day, status: 'fulfilled', screening: number }));
  for (let extra = random.integer(2, 4); extra > 0; extra--)
    slots.push({ day: workdayUpTo(random.integer(enrolled + 3, end - 3)), status: missedOrBrief(random) });
  if (!deceased) slots.push(...upcoming(end, random));

  const inHospital = (day: Day): boolean => stay !== undefined && day >= stay.admitted && day <= stay.discharged;
  const days = new Map<Day, Slot>();
  for (const slot of slots) if (!days.has(slot.day) && !inHospital(slot.day)) days.set(slot.day, slot);

  return [...days.values()]
    .sort((one, other) => one.day - other.day)
    .map((slot, at) => ({
      ...slot,
      number: at + 1,
      minute: random.integer(16, 32) * 30 + random.pick([0, 0, 15]),
      lengthMinutes: random.pick([20, 30, 30, 45, 60]),
      with:
        at === 0
          ? 'primaryCare'
          : random.weighted([
              ['coordinator', 3],
              ['primaryCare', 3],
              ['therapist', 4],
            ]),
      virtual: at > 0 && random.chance(0.25),
    }));
}
