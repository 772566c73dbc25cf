/** Who a client is: name, birth, language, and the person closest to them. Drawn once, written down by patient.ts and others. */
import type { Patient } from '../../resources/types.ts';
import { ageOn, type Day } from './calendar.ts';
import { type Culture, cultures, nicknames } from './names.ts';
import type { Random } from './random.ts';

export type Gender = NonNullable<Patient['gender']>;

/** A code of v3-RoleCode with its display: what the relative is to the client. */
export type Relation = readonly [code: string, display: string];

export interface Relative {
  readonly given: string;
  readonly family: string;
  readonly gender: Gender;
  readonly relation: Relation;
}

export interface Person {
  readonly culture: Culture;
  readonly gender: Gender;
  readonly given: readonly string[];
  readonly family: string;
  readonly nickname?: string;
  readonly birth: Day;
  readonly relative: Relative;
  /** Needs an interpreter; speaks little English. */
  readonly interpreter: boolean;
}

const givenNames = (culture: Culture, gender: Gender): readonly string[] => {
  if (gender === 'female') return culture.female;
  if (gender === 'male') return culture.male;
  return [...culture.female, ...culture.male];
};

function familyName(culture: Culture, random: Random): string {
  return random.sample(culture.family, culture.doubleFamily ? 2 : 1).join(' ');
}

function relationAt(age: number, gender: Gender, random: Random): Relation {
  const female = gender === 'female';
  const parent: Relation = female ? ['MTH', 'mother'] : ['FTH', 'father'];
  const child: Relation = female ? ['DAU', 'natural daughter'] : ['SON', 'natural son'];
  const sibling: Relation = female ? ['SIS', 'sister'] : ['BRO', 'brother'];
  const spouse: Relation = ['SPS', 'spouse'];
  const friend: Relation = ['FRND', 'unrelated friend'];
  if (age < 20) return parent;
  if (age < 40) return random.pick([parent, sibling, spouse, friend]);
  if (age < 65) return random.pick([sibling, spouse, spouse, friend, ['NBOR', 'neighbor']]);
  return random.pick([child, child, spouse, friend]);
}

/** A person who is between 14 and 91 years old on `day`. */
export function personOn(day: Day, random: Random): Person {
  const culture = random.weighted(cultures);
  const gender = random.weighted<Gender>([
    ['female', 58],
    ['male', 38],
    ['other', 3],
    ['unknown', 1],
  ]);
  const age = random.weighted([
    [random.integer(14, 19), 8],
    [random.integer(20, 44), 40],
    [random.integer(45, 69), 36],
    [random.integer(70, 90), 16],
  ]);
  const family = familyName(culture, random);
  const birth = day - Math.floor(age * 365.25) - random.integer(1, 364);
  const relativeGender: Gender = random.chance(0.6) ? 'female' : 'male';
  const relation = relationAt(ageOn(birth, day), relativeGender, random);
  return {
    culture,
    gender,
    given: random.sample(givenNames(culture, gender), random.chance(0.2) ? 2 : 1),
    family,
    ...(random.chance(0.25) ? { nickname: random.pick(nicknames) } : {}),
    birth,
    relative: {
      given: random.pick(givenNames(culture, relativeGender)),
      family: relation[0] === 'FRND' || relation[0] === 'NBOR' ? familyName(culture, random) : family,
      gender: relativeGender,
      relation,
    },
    interpreter: culture.language !== 'en' && random.chance(0.35),
  };
}

/** The name as it is spoken. */
export const fullName = ({ given, family }: { given: readonly string[]; family: string }): string =>
  [...given, family].join(' ');
