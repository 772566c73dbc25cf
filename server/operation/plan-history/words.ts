/**
 * The difference of two versions of a resource as sentences: `Goal "Walk 20 minutes a day": target due date moved from 2026-10-01 to 2026-12-01`. The
 * elements are compared as the FHIRPath Patch compares them, so that both tell of the same.
 */
import type { ElementTable } from '../../../resources/definition.ts';
import { isPrimitive, typeDefinition } from '../../../resources/definition.ts';
import { REVIEW_DATE } from '../../../resources/task/review-plan.ts';
import type {
  AnyResource,
  CarePlanActivity,
  CareTeamParticipant,
  Extension,
  GoalTarget,
} from '../../../resources/types.ts';
import { childTables, type MutableObject } from '../../transaction/patch/element.ts';
import { fingerprint, type Item, itemsOf } from '../../transaction/patch/item.ts';
import { matched } from '../../transaction/patch/list-match.ts';
import { type Names, nameOfConcept, nameOfReference, shown } from './shown.ts';

/** What the server sets, and what says the same in another form. */
const SILENT: readonly string[] = ['id', 'meta', 'text', 'implicitRules', 'language'];

/** Names of elements that people call otherwise. */
const LABELS: Readonly<Record<string, string>> = {
  'Goal.target.due': 'target due date',
  'Goal.target.detail': 'target',
  'Goal.lifecycleStatus': 'status',
  'Goal.achievementStatus': 'achievement',
  'Goal.statusReason': 'reason of the status',
  'CarePlan.addresses': 'problem',
  'CarePlan.careTeam': 'team',
  'CarePlan.activity.reference': 'activity',
  'CarePlan.activity.detail.scheduled': 'schedule',
  'CareTeam.participant.period': 'time in the team',
  [REVIEW_DATE]: 'day of review',
};

/** Sentences for items that come to a list and leave it. */
const PHRASES: Readonly<Record<string, readonly [added: string, removed: string]>> = {
  'CareTeam.participant': ['Member added to the team', 'Member left the team'],
  'CarePlan.goal': ['Goal added to the plan', 'Goal taken out of the plan'],
  'CarePlan.addresses': ['Problem added to the plan', 'Problem taken out of the plan'],
  'CarePlan.careTeam': ['Team added to the plan', 'Team taken out of the plan'],
  'CarePlan.activity': ['Activity added to the plan', 'Activity taken out of the plan'],
};

/** What a resource is called in a sentence: `Goal "Walk 20 minutes a day"`. */
export function titleOf(resource: AnyResource): string {
  const name = nameOf(resource);
  return name === undefined ? resource.resourceType : `${spoken(resource.resourceType)} "${name}"`;
}

const spoken = (type: string): string => ({ CarePlan: 'Plan', CareTeam: 'Team', Condition: 'Problem' })[type] ?? type;

/** Its title, name, description or code. */
export function nameOf(resource: AnyResource): string | undefined {
  for (const element of ['title', 'name', 'description', 'code']) {
    const value = resource[element];
    if (typeof value === 'string') return value;
    const named = typeof value === 'object' && value !== null && !Array.isArray(value) && nameOfConcept(value);
    if (named) return named;
  }
  return undefined;
}

/** Elements of which people are told what has changed inside, and how that begins. */
const ENTERED: Readonly<Record<string, (what: string, label: string) => string>> = {
  'CareTeam.participant': (what) => `member ${what}, `,
  'CarePlan.activity': (what) => `activity ${what}, `,
  'CarePlan.activity.detail': (_what, label) => label.replace(/detail$/, ''),
  'Goal.target': () => '',
};

interface Compared {
  readonly subject: string;
  readonly names: Names;
  readonly sentences: string[];
}

/** Empty when nothing differs that people are told of. */
export function words(before: AnyResource, after: AnyResource, names: Names): readonly string[] {
  const compared: Compared = { subject: titleOf(after), names, sentences: [] };
  const type = after.resourceType;
  compareObjects(type, type, '', asObject(before), asObject(after), compared);
  return compared.sentences;
}

const asObject = (value: unknown): MutableObject => value as MutableObject;

function compareObjects(
  type: string,
  path: string,
  prefix: string,
  before: MutableObject,
  after: MutableObject,
  compared: Compared,
): void {
  for (const table of childTables(type)) {
    if (SILENT.includes(table.name)) continue;
    const [old, young] = [itemsOf(before, table), itemsOf(after, table)];
    const at = `${path}.${table.name}`;
    const label = `${prefix}${LABELS[at] ?? worded(table)}`;
    if (table.many) compareLists(at, label, old, young, compared);
    else compareItems(at, label, old[0], young[0], compared);
  }
}

/** `statusReason` is "status reason". */
const worded = ({ name }: ElementTable): string => name.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);

function compareLists(
  path: string,
  label: string,
  before: readonly Item[],
  after: readonly Item[],
  compared: Compared,
): void {
  const pairs = matched(before, after);
  const [kept, stayed] = [new Set(pairs.map((pair) => pair.before)), new Set(pairs.map((pair) => pair.after))];
  for (const pair of pairs) {
    const [old, young] = [before[pair.before], after[pair.after]];
    if (!old || !young) continue;
    // Two items that only stand at the same place are one that left and one that came, unless they are known to be the same.
    if (pair.known || isPrimitive(young.type) || isSameThing(old, young, path, compared.names))
      compareItems(path, label, old, young, compared);
    else {
      left(path, label, old, compared);
      came(path, label, young, compared);
    }
  }
  if (pairs.some((pair, at) => pair.before < (pairs[at - 1]?.before ?? 0))) say(compared, `${label} in another order`);
  for (const [at, item] of before.entries()) if (!kept.has(at)) left(path, label, item, compared);
  for (const [at, item] of after.entries()) if (!stayed.has(at)) came(path, label, item, compared);
}

/** The same member, the same activity, a target by the same measure. */
function isSameThing(before: Item, after: Item, path: string, names: Names): boolean {
  const [old, young] = [before, after].map(({ value }) => {
    switch (path) {
      case 'CareTeam.participant':
        return (value as CareTeamParticipant).member?.reference;
      case 'Goal.target':
        return nameOfConcept((value as GoalTarget).measure ?? {}) ?? 'target';
      case 'CarePlan.activity':
        return activityName(value as CarePlanActivity, names);
      default:
        return undefined;
    }
  });
  return old !== undefined && old === young;
}

const say = ({ sentences, subject }: Compared, sentence: string): void => {
  sentences.push(`${subject}: ${sentence}`);
};

function came(path: string, label: string, item: Item, compared: Compared): void {
  const what = describe(item, path, compared.names);
  const phrase = PHRASES[path]?.[0];
  if (phrase) compared.sentences.push(`${phrase}: ${what}`);
  else say(compared, `${labelOf(label, item)} added: ${what}`);
}

function left(path: string, label: string, item: Item, compared: Compared): void {
  const what = describe(item, path, compared.names);
  const phrase = PHRASES[path]?.[1];
  if (phrase) compared.sentences.push(`${phrase}: ${what}`);
  else say(compared, `${labelOf(label, item)} removed: ${what}`);
}

/** An extension is called by what it is. */
function labelOf(label: string, { type, value }: Item): string {
  if (type !== 'Extension') return label;
  const { url = '' } = value as Extension;
  return LABELS[url] ?? url.replace(/^.*\//, '').replaceAll('-', ' ');
}

function compareItems(
  path: string,
  label: string,
  before: Item | undefined,
  after: Item | undefined,
  compared: Compared,
): void {
  if (before && after && fingerprint(before) === fingerprint(after)) return;
  const [from, to] = [before, after].map((item) => item && text(item, path, compared.names));
  if (!after) {
    if (before) say(compared, `${labelOf(label, before)} ${from === undefined ? '' : `${from} `}taken away`);
    return;
  }
  const name = labelOf(label, after);
  if (!before) say(compared, `${name} set to ${to ?? 'another value'}`);
  else if (from !== undefined && to !== undefined && from !== to && !Object.hasOwn(ENTERED, path))
    say(compared, `${name} ${/^(date|instant)/.test(after.type) ? 'moved' : 'changed'} from ${from} to ${to}`);
  else if (before.type === after.type && !isPrimitive(after.type)) {
    const said = compared.sentences.length;
    const [old, young] = [asObject(before.value), asObject(after.value)];
    const inside = ENTERED[path]?.(to ?? 'without a name', label) ?? `${name} `;
    const at = after.type.includes('.') ? after.type : path;
    // A resource that the plan contains is told of by its own name.
    if (isResource(after)) compareObjects(after.type, after.type, '', old, young, { ...compared, subject: to ?? name });
    else compareObjects(after.type, at, inside, old, young, compared);
    if (compared.sentences.length === said) say(compared, `${name} changed`);
  } else say(compared, `${name} changed`);
}

const describe = (item: Item, path: string, names: Names): string => text(item, path, names) ?? 'without a name';

const isResource = ({ type }: Item): boolean => typeDefinition(type)?.kind === 'resource';

/** The text of an item; of a member the person and the role, of an activity what it is called, of a target what is to be reached. */
function text({ value, type }: Item, path: string, names: Names): string | undefined {
  if (path === 'CareTeam.participant') {
    const { member, role = [] } = value as CareTeamParticipant;
    const person = member && nameOfReference(member, names);
    const roles = role.flatMap((each) => nameOfConcept(each) ?? []).join(', ');
    return person && (roles ? `${person} (${roles})` : person);
  }
  if (isResource({ type })) return titleOf(value as AnyResource);
  if (type === 'Extension') {
    const entry = Object.entries(value as object).find(([name]) => name.startsWith('value'));
    return entry && shown(entry[1], entry[0].slice('value'.length), names);
  }
  if (path === 'CarePlan.activity') {
    return quoted(activityName(value as CarePlanActivity, names), 'string');
  }
  if (path === 'Goal.target') {
    const { measure, detailQuantity, detailRange, detailCodeableConcept, detailString, dueDate } = value as GoalTarget;
    const detail =
      shown(detailQuantity, 'Quantity', names) ??
      shown(detailRange, 'Range', names) ??
      shown(detailCodeableConcept, 'CodeableConcept', names) ??
      detailString;
    return (
      [measure && nameOfConcept(measure), detail, dueDate && `by ${dueDate}`].filter(Boolean).join(' ') || undefined
    );
  }
  return quoted(shown(value, type, names), type);
}

const activityName = ({ reference, detail }: CarePlanActivity, names: Names): string | undefined =>
  reference ? nameOfReference(reference, names) : (detail?.description ?? (detail?.code && nameOfConcept(detail.code)));

const quoted = (value: string | undefined, type: string): string | undefined =>
  value !== undefined && ['string', 'markdown', 'Annotation'].includes(type) ? `"${value}"` : value;
