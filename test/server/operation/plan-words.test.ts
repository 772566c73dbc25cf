/** What people are told of a change, and that words and patch tell of the same. */
import { strict as assert } from 'node:assert';
import type { AnyResource, CarePlan, CareTeam, Goal } from '../../../resources/types.ts';
import { words } from '../../../server/operation/plan-history/words.ts';
import { diff } from '../../../server/transaction/patch/diff.ts';
import { applyFhirPathPatch } from '../../../server/transaction/patch/fhirpath-patch.ts';

const subject = { reference: 'Patient/maria' };
const goal: Goal = {
  resourceType: 'Goal',
  id: 'walk',
  lifecycleStatus: 'active',
  description: { text: 'Walk' },
  subject,
  startDate: '2026-09-01',
  target: [
    {
      measure: { text: 'PHQ-9' },
      detailQuantity: { value: 5, comparator: '<', unit: '{score}' },
      dueDate: '2026-10-01',
    },
  ],
};
const team: CareTeam = {
  resourceType: 'CareTeam',
  id: 'team',
  name: 'Team',
  subject,
  participant: [
    { role: [{ text: 'coordinator' }], member: { reference: 'Practitioner/ana' } },
    { role: [{ text: 'psychologist' }], member: { display: 'Dr Lin' } },
  ],
};
const plan: CarePlan = {
  resourceType: 'CarePlan',
  id: 'plan',
  extension: [
    { url: 'https://throughline.dev/fhir/StructureDefinition/care-plan-review-due', valueDate: '2026-12-01' },
  ],
  status: 'active',
  intent: 'plan',
  title: 'Plan',
  subject,
  period: { start: '2026-09-01' },
  activity: [
    {
      detail: {
        status: 'in-progress',
        description: 'Therapy',
        scheduledTiming: { repeat: { period: 2, periodUnit: 'wk' } },
      },
    },
  ],
  note: [{ text: 'Prefers mornings' }],
};
const [coordinator, psychologist] = team.participant ?? [];
const [target] = goal.target ?? [];
const [activity] = plan.activity ?? [];
const names = new Map([['Practitioner/ana', 'Ana Ruiz']]);

const told: readonly (readonly [what: string, before: object, after: object, sentences: readonly string[]])[] = [
  ['nothing', goal, goal, []],
  ['what the server sets', goal, { ...goal, meta: { versionId: '2' } }, []],
  [
    'a status',
    goal,
    { ...goal, lifecycleStatus: 'completed' },
    ['Goal "Walk": status changed from active to completed'],
  ],
  [
    'a due date',
    goal,
    { ...goal, target: [{ ...target, dueDate: '2026-12-01' }] },
    ['Goal "Walk": target due date moved from 2026-10-01 to 2026-12-01'],
  ],
  [
    'what is to be reached',
    goal,
    { ...goal, target: [{ ...target, detailQuantity: { value: 8, comparator: '<' } }] },
    ['Goal "Walk": target changed from < 5 to < 8'],
  ],
  [
    'a target that is gone',
    goal,
    { ...goal, target: undefined },
    ['Goal "Walk": target removed: PHQ-9 < 5 by 2026-10-01'],
  ],
  [
    'an achievement',
    goal,
    { ...goal, achievementStatus: { coding: [{ code: 'improving', display: 'Improving' }] } },
    ['Goal "Walk": achievement set to Improving'],
  ],
  [
    'a member who leaves',
    team,
    { ...team, participant: [coordinator] },
    ['Member left the team: Dr Lin (psychologist)'],
  ],
  [
    'a member in the place of another',
    team,
    { ...team, participant: [coordinator, { member: { display: 'Dr Keller' } }] },
    ['Member left the team: Dr Lin (psychologist)', 'Member added to the team: Dr Keller'],
  ],
  [
    'a member with another role',
    team,
    { ...team, participant: [{ ...coordinator, role: [{ text: 'nurse' }] }, psychologist] },
    [
      'Team "Team": member Ana Ruiz (nurse), role removed: coordinator',
      'Team "Team": member Ana Ruiz (nurse), role added: nurse',
    ],
  ],
  [
    'the day of review',
    plan,
    { ...plan, extension: [{ ...plan.extension?.[0], valueDate: '2027-01-15' }] },
    ['Plan "Plan": day of review changed from 2026-12-01 to 2027-01-15'],
  ],
  [
    'how often something happens',
    plan,
    {
      ...plan,
      activity: [{ detail: { ...activity?.detail, scheduledTiming: { repeat: { period: 1, periodUnit: 'wk' } } } }],
    },
    ['Plan "Plan": activity "Therapy", schedule changed from every 2 weeks to every week'],
  ],
  [
    'an activity that comes to an end',
    plan,
    { ...plan, activity: [{ detail: { ...activity?.detail, status: 'completed' } }] },
    ['Plan "Plan": activity "Therapy", status changed from in-progress to completed'],
  ],
  [
    'the end of the plan',
    plan,
    { ...plan, period: { start: '2026-09-01', end: '2027-01-01' } },
    ['Plan "Plan": period changed from 2026-09-01 on to 2026-09-01 to 2027-01-01'],
  ],
  [
    'a further note',
    plan,
    { ...plan, note: [...(plan.note ?? []), { text: 'Moves in May' }] },
    ['Plan "Plan": note added: "Moves in May"'],
  ],
  [
    'a goal that the plan contains',
    { ...plan, contained: [goal] },
    { ...plan, contained: [{ ...goal, target: [{ ...target, dueDate: '2027-03-01' }] }] },
    ['Goal "Walk": target due date moved from 2026-10-01 to 2027-03-01'],
  ],
  [
    'a goal that the plan contains no more',
    { ...plan, contained: [goal] },
    plan,
    ['Plan "Plan": contained removed: Goal "Walk"'],
  ],
  [
    'an extension that nobody here knows',
    plan,
    {
      ...plan,
      extension: [...(plan.extension ?? []), { url: 'http://a.example/favourite-colour', valueString: 'blue' }],
    },
    ['Plan "Plan": favourite colour added: blue'],
  ],
];

describe('what people are told of a change', () => {
  for (const [what, before, after, sentences] of told)
    it(`of ${what}`, () => {
      const clean = JSON.parse(JSON.stringify(after)) as AnyResource;
      assert.deepEqual(words(before as AnyResource, clean, names), sentences);
    });
});

/** A sequence of numbers that is the same for the same seed (mulberry32). */
function numbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

/** A copy with one thing changed: an item of a list taken, doubled, moved; a text, a number, a property changed or taken. */
function edited(resource: AnyResource, pick: (below: number) => number): AnyResource {
  const copy = JSON.parse(JSON.stringify(resource)) as AnyResource;
  const places: [unknown, string | number][] = [];
  const visit = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    for (const [name, each] of Object.entries(value)) {
      if (!['resourceType', 'id', 'subject', 'status', 'intent', 'url'].includes(name))
        places.push([value, Array.isArray(value) ? Number(name) : name]);
      visit(each);
    }
  };
  visit(copy);
  const [held, key] = places[pick(places.length)] ?? [{}, ''];
  if (Array.isArray(held)) {
    const [item] = held.splice(Number(key), 1);
    const turn = pick(3);
    if (turn === 0) held.unshift(item);
    if (turn === 1) held.push(item, JSON.parse(JSON.stringify(item)));
  } else {
    const holder = held as Record<string, unknown>;
    const value = holder[key];
    if (typeof value === 'string' && !/^\d{4}-/.test(value)) holder[key] = `${value} ${pick(100)}`;
    else if (typeof value === 'string') holder[key] = `2027-0${1 + pick(9)}-11`;
    else if (typeof value === 'number') holder[key] = value + 1;
    else delete holder[key];
  }
  return pruned(copy) as AnyResource;
}

/** Without empty lists and objects, which FHIR does not know. */
function pruned(value: unknown): unknown {
  if (Array.isArray(value)) {
    const list = value.map(pruned).filter((each) => each !== undefined);
    return list.length > 0 ? list : undefined;
  }
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).flatMap(([name, each]) => {
    const kept = pruned(each);
    return kept === undefined ? [] : [[name, kept] as const];
  });
  return members.length > 0 ? Object.fromEntries(members) : undefined;
}

describe('random edits of plans, goals and teams', () => {
  for (const resource of [plan, goal, team])
    it(`are told by a patch that carries them out, and in words (${resource.resourceType})`, () => {
      const pick = numbers(20_261_121);
      for (let count = 0; count < 300; count += 1) {
        const before = resource as unknown as AnyResource;
        let after = before;
        for (let edits = pick(4); edits >= 0; edits -= 1) after = edited(after, pick);
        const patch = diff(before, after);
        assert.deepEqual(applyFhirPathPatch(before, patch), after);
        const said = words(before, after, names);
        assert.equal(said.length > 0, patch.parameter !== undefined, JSON.stringify([said, patch]));
      }
    });
});
