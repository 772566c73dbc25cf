/**
 * What happens to one client, before any of it is a resource: who cares for them, when they are seen, what the PHQ-9 said,
 * whether they were in hospital. Every file of this folder that writes resources reads this story, so that they agree.
 */
import type { Reference, ResourceType } from '../../resources/types.ts';
import { type Day, workdayUpTo } from './calendar.ts';
import { type Person, personOn } from './person.ts';
import { type Colleague, colleaguesAs } from './practice.ts';
import { type Problem, problemsOf } from './problems.ts';
import { Random } from './random.ts';
import { answersFor, type Trajectory, totalsOf, trajectories } from './trajectory.ts';
import { type Visit, visitsOf } from './visits.ts';

export interface Team {
  readonly coordinator: Colleague;
  /** Who coordinated before, and the day of the change. */
  readonly formerCoordinator?: Colleague;
  readonly handover?: Day;
  readonly primaryCare: Colleague;
  readonly therapist: Colleague;
  readonly psychiatrist?: Colleague;
}

/** One PHQ-9, answered on `day`; `number` counts from 1. */
export interface Screening {
  readonly number: number;
  readonly day: Day;
  readonly answers: readonly number[];
  readonly total: number;
}

export interface HospitalStay {
  readonly admitted: Day;
  readonly discharged: Day;
  readonly psychiatric: boolean;
}

export interface Story {
  /** The id of the Patient, which begins every id of the client's resources. */
  readonly key: string;
  readonly seed: number;
  readonly index: number;
  /** The day on which the story is told. */
  readonly until: Day;
  readonly enrolled: Day;
  /** The last day on which anything happens: `until`, or the day of death. */
  readonly end: Day;
  readonly deceased: boolean;
  readonly person: Person;
  readonly team: Team;
  readonly trajectory: Trajectory;
  readonly screenings: readonly Screening[];
  readonly visits: readonly Visit[];
  readonly problems: readonly Problem[];
  readonly stay?: HospitalStay;
  readonly foodInsecure: boolean;
}

/** The stream of random numbers of one subject of a client. */
export const randomFor = ({ seed, index }: Pick<Story, 'seed' | 'index'>, subject: string): Random =>
  new Random(seed, index, subject);

/** The id of a client's resource: `client-7-000012-phq9-03`. */
export const idOf = (story: Story, name: string, number?: number): string =>
  number === undefined ? `${story.key}-${name}` : `${story.key}-${name}-${String(number).padStart(2, '0')}`;

/** A reference to another resource of the client, by the name that `idOf` gives it. */
export const referenceTo = (story: Story, type: ResourceType, name: string, number?: number): Reference => ({
  reference: `${type}/${idOf(story, name, number)}`,
});

export const patientReference = (story: Story): Reference => ({ reference: `Patient/${story.key}` });

/** How far a series may drift from its even pace, in days. */
const drift = 3;

function screeningsOf(trajectory: Trajectory, enrolled: Day, end: Day, random: Random): Screening[] {
  const count = random.integer(5, 9);
  const pace = (end - enrolled - drift) / (count - 1);
  return totalsOf(trajectory, count, random).map((total, at) => {
    const wander = at === 0 ? 0 : random.integer(-drift, drift);
    return {
      number: at + 1,
      day: workdayUpTo(enrolled + Math.floor(at * pace) + wander),
      answers: answersFor(total, random),
      total,
    };
  });
}

function teamOf(enrolled: Day, end: Day, random: Random): Team {
  const [coordinator, former] = random.sample(colleaguesAs('coordinator'), 2) as [Colleague, Colleague];
  return {
    coordinator,
    ...(random.chance(0.12)
      ? { formerCoordinator: former, handover: enrolled + Math.floor((end - enrolled) * random.fraction()) }
      : {}),
    primaryCare: random.pick(colleaguesAs('primaryCare')),
    therapist: random.pick(colleaguesAs('therapist')),
    ...(random.chance(0.4) ? { psychiatrist: random.pick(colleaguesAs('psychiatrist')) } : {}),
  };
}

/** A stay between two PHQ-9, so that nobody is seen at the clinic while in hospital. */
function stayOf(screenings: readonly Screening[], random: Random): HospitalStay | undefined {
  if (!random.chance(0.25)) return undefined;
  const before = random.integer(0, screenings.length - 2);
  const [from, to] = screenings.slice(before, before + 2).map(({ day }) => day);
  if (from === undefined || to === undefined || to - from < 6) return undefined;
  const nights = random.integer(1, Math.min(9, to - from - 4));
  const admitted = from + random.integer(1, to - from - nights - 2);
  return { admitted, discharged: admitted + nights, psychiatric: random.chance(0.45) };
}

/**
 * The story of client `index` (from 1) of the population `seed`, as it stands on the day `until`. A client has been enrolled for
 * five months at least; one who has died lived four months of them.
 */
export function storyOf(seed: number, index: number, until: Day): Story {
  const random = new Random(seed, index, 'story');
  const enrolled = workdayUpTo(until - random.integer(150, 800));
  const deceased = random.chance(0.02);
  const end = deceased ? random.integer(enrolled + 120, until) : until;
  const trajectory = random.weighted(trajectories);
  const screenings = screeningsOf(trajectory, enrolled, end, new Random(seed, index, 'screenings'));
  const person = personOn(enrolled, new Random(seed, index, 'person'));
  const stay = stayOf(screenings, random);
  return {
    key: `client-${seed}-${String(index).padStart(6, '0')}`,
    seed,
    index,
    until,
    enrolled,
    end,
    deceased,
    person,
    team: teamOf(enrolled, end, random),
    trajectory,
    screenings,
    visits: visitsOf({ screenings, enrolled, end, deceased, stay }, new Random(seed, index, 'visits')),
    problems: problemsOf(person, enrolled, screenings[0]?.total ?? 0, new Random(seed, index, 'problems')),
    ...(stay ? { stay } : {}),
    foodInsecure: random.chance(0.24),
  };
}
