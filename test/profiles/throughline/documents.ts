/** docs/profiles.md and docs/wrong-resources.md, written from the definitions and their examples. */

import type { ElementAssertion } from '../../../profiles/assertion.ts';
import { profileAssertion } from '../../../profiles/differential.ts';
import { throughlineResources } from '../../../profiles/throughline.ts';
import { instruments } from '../../../resources/questionnaire-response/index.ts';
import { type Instrument, rangeOf } from '../../../resources/questionnaire-response/instrument.ts';
import type {
  AnyResource,
  CodeSystem,
  ElementDefinition,
  Questionnaire,
  StructureDefinition,
  ValueSet,
} from '../../../resources/types.ts';
import { ownDefinitions } from '../../../server/definition/own.ts';
import { type Example, errorsOf, examples, source } from './examples.ts';

const ofType = <T>(type: string): readonly T[] =>
  throughlineResources().filter(({ resourceType }) => resourceType === type) as unknown as readonly T[];

const OTHERS = ['PlanDefinition', 'ActivityDefinition', 'SearchParameter', 'ConceptMap', 'StructureMap'];

const titleOf = ({ title, description }: AnyResource): unknown => title ?? description;

const row = (...cells: readonly unknown[]): string =>
  `| ${cells.map((cell) => String(cell ?? '').replaceAll('|', '\\|')).join(' | ')} |`;

const table = (head: readonly string[], rows: readonly string[]): string =>
  [row(...head), row(...head.map(() => '---')), ...rows].join('\n');

/** Elements with what they hold, in the order of the definition. */
function elementsOf(element: ElementAssertion): readonly ElementAssertion[] {
  return [element, ...(element.children ?? []).flatMap(elementsOf), ...(element.slices ?? []).flatMap(elementsOf)];
}

/** Where the profile says no maximum, that of the base type holds. */
function cardinality({ min = 0, max }: ElementAssertion): string {
  if (max === 0) return 'none';
  if (max === undefined) return min === 0 ? '' : `at least ${min}`;
  return `${min} to ${max}`;
}

function profile(definition: StructureDefinition): string {
  const elements = elementsOf(profileAssertion(definition, source).root);
  const required = elements.filter(({ min, max, pattern, binding }) => min || max === 0 || pattern || binding);
  const rules = elements.flatMap(({ id, constraints }) => (constraints ?? []).map((rule) => ({ id, ...rule })));
  const expected = ({ pattern, binding, types }: ElementAssertion): string =>
    [
      pattern === undefined ? '' : `\`${JSON.stringify(pattern)}\``,
      binding ? `${binding.strength}: ${binding.valueSet}` : '',
      types?.flatMap(({ targetProfiles }) => targetProfiles?.map((target) => target.split('/').pop()) ?? []).join(', '),
    ]
      .filter((part) => part)
      .join('; ');
  return [
    `### ${definition.title}`,
    `\`${definition.url}\` on ${definition.type}. ${definition.description}`,
    table(
      ['element', 'how many', 'expected'],
      required.map((each) => row(`\`${each.id}\``, cardinality(each), expected(each))),
    ),
    table(
      ['rule', 'on', 'severity', 'what it asks'],
      rules.map(({ key, id, severity, human }) => row(`\`${key}\``, `\`${id}\``, severity, human)),
    ),
  ].join('\n\n');
}

const linked = (canonical: string): string => `\`${canonical}\``;

/** The type of a value, what it is taken from or refers to, and its bounds. */
function valueText({ type, binding, minValueInteger: least, maxValueInteger: most }: ElementDefinition): string {
  const targets = type?.flatMap(({ targetProfile = [] }) => targetProfile.map((target) => target.split('/').pop()));
  return [
    type?.map(({ code }) => code).join(' or '),
    targets?.length ? `to ${targets.join(' or ')}` : '',
    least === undefined ? '' : `${least} to ${most}`,
    binding?.valueSet ? `of ${linked(binding.valueSet)}` : '',
  ]
    .filter((part) => part)
    .join(' ');
}

function extension({ url, context, description, differential }: StructureDefinition): string {
  const elements = new Map((differential?.element ?? []).map((element) => [element.id, element]));
  const valueAt = (id: string): string => valueText(elements.get(`${id}.value[x]`) ?? { path: id });
  const parts = [...elements.values()].filter(({ sliceName, path }) => sliceName && path === 'Extension.extension');
  const told = parts.map(
    ({ id, sliceName, min, short }) =>
      `\`${sliceName}\`${min === 1 ? '' : '?'}: ${valueAt(id ?? '')}${short ? ` (${short.toLowerCase()})` : ''}`,
  );
  const { max } = elements.get('Extension') ?? {};
  return row(
    linked(url),
    context?.map(({ expression }) => expression).join(', '),
    max === '1' ? '0 to 1' : 'any number',
    told.length > 0 ? told.join('; ') : valueAt('Extension'),
    description,
  );
}

const instrumentRow = (instrument: Instrument): string => {
  const { title, canonicals, panel, total, bands, safety, items } = instrument;
  const { low, high } = rangeOf(instrument);
  const spanish = items.every(({ text }) => text.es !== undefined);
  return row(
    title,
    `\`${canonicals[0]}\``,
    `${panel.code}, ${total.code}`,
    `${low} to ${high}`,
    bands.map(({ from, to, display }) => `${from}-${to} ${display}`).join(', '),
    spanish ? 'English, Spanish' : 'English',
    safety ? safety.item : '',
  );
};

export function profilesDocument(): string {
  const definitions = ofType<StructureDefinition>('StructureDefinition');
  return `${[
    '# Our profiles',
    'What a resource of care coordination has to hold, beyond R4. Every installation knows these definitions: name a profile in `meta.profile`, in ' +
      '`$validate?profile=`, or require it of a type with `REQUIRED_PROFILES`. Each asks for what US Core asks for where US Core has a profile, and needs ' +
      'no package installed. The rules marked `error` make a resource invalid; those marked `warning` are told. Examples, good and wrong, are in ' +
      '`profiles/throughline/examples`; [wrong resources](wrong-resources.md) shows what is said of the wrong ones.',
    '## As resources',
    'The definitions are in force by themselves. `throughline serve` also stores them as resources, so that they are searched, included, exported and have ' +
      'a history like any other; ids are those of the canonicals, and `meta.source` says that a resource came from Throughline ' +
      '(`_source:below=https://throughline.dev/fhir/definitions` finds them). ' +
      '`OWN_DEFINITIONS=false` leaves them out.',
    "```sh\ncurl -s 'http://127.0.0.1:8080/fhir/Questionnaire?url=http://loinc.org/q/44249-1'\n```",
    "```sh\ncurl -s 'http://127.0.0.1:8080/fhir/StructureDefinition?base=http://hl7.org/fhir/StructureDefinition/Patient'\n```",
    "```sh\ncurl -s 'http://127.0.0.1:8080/fhir/ValueSet/risk-tier/$expand'\n```",
    'They are written at the first start, and again when another version of Throughline brings others: those that differ get a new version, those that are ' +
      'shipped no more are retired. One that you change is in force as you have it, and stays so; one that you delete is not written again. The start names in ' +
      'its log those of yours that differ from what it brings. To have ours back, store the version that we wrote again: read it at `_history/1` and PUT it.',
    '## Profiles',
    ...definitions.filter(({ kind }) => kind === 'resource').map(profile),
    '## Extensions',
    'Each has a definition, which a write and `$validate` hold it to, and the profile of its resource names it. Its parts stand in its row, ' +
      'with a `?` where they may be left out.',
    table(
      ['extension', 'on', 'how many', 'value', 'what it says'],
      definitions.filter(({ kind }) => kind !== 'resource').map(extension),
    ),
    '## Instruments',
    'Each is a Questionnaire whose answers carry their points in both extension forms (`itemWeight`, `ordinalValue`) and whose total is calculated, and a ' +
      'scoring table in `resources/questionnaire-response`, from which the Questionnaire is written. A further instrument is one more table. Item 9 of the ' +
      'PHQ-9 is the safety item: any answer above "not at all" counts, whatever the total. A PHQ-2 of 3 or more asks for the PHQ-9.',
    table(
      [
        'instrument',
        'canonical',
        'LOINC panel and total, or codes of ours',
        'range',
        'bands',
        'languages',
        'safety item',
      ],
      instruments.map(instrumentRow),
    ),
    'PRAPARE is not among them: its owners do not allow copies without their consent. [Responses to it are understood](intake.md#prapare), the form is not ' +
      'shipped. The intake asks about the same needs in words of our own, coded with the categories of Gravity. The Hunger Vital Sign is in English only: we know no Spanish wording for certain.',
    '## Other questionnaires',
    table(
      ['questionnaire', 'canonical', 'what it asks'],
      ofType<Questionnaire>('Questionnaire')
        .filter(({ id }) => !instruments.some(({ name }) => name === id))
        .map(({ title, url, description }) => row(title, `\`${url}\``, description)),
    ),
    '## Code systems and value sets',
    table(
      ['canonical', 'what it holds', 'codes'],
      ofType<CodeSystem>('CodeSystem').map(({ url, description, concept }) =>
        row(`\`${url}\``, description, concept?.map(({ code }) => `\`${code}\``).join(', ')),
      ),
    ),
    table(
      ['canonical', 'what it holds'],
      ofType<ValueSet>('ValueSet').map(({ url, description }) => row(`\`${url}\``, description)),
    ),
    '## Plans, search parameters and maps',
    'The protocols of the practice, the [search parameters](search-parameters.md) beside those of R4, and what follows from the mappings of ' +
      '[/care](care.md): a ConceptMap for each table of words, a StructureMap for each record.',
    table(
      ['resource', 'what it is'],
      ownDefinitions()
        .all()
        .filter(({ resourceType }) => OTHERS.includes(resourceType))
        .map((each) => row(`\`${each.resourceType}/${each.id}\``, titleOf(each))),
    ),
  ].join('\n\n')}\n`;
}

/** The part of a resource that an issue is about, when it is a part and not too long to read. */
function partAt(resource: object, expression: string): string | undefined {
  let at: unknown = resource;
  for (const step of expression.split('.').slice(1)) {
    const [, name = '', index] = /^(\w+)(?:\[(\d+)\])?$/.exec(step) ?? [];
    const owner = (at ?? {}) as Readonly<Record<string, unknown>>;
    at = owner[name] ?? Object.entries(owner).find(([key]) => key.startsWith(name) && name === 'value')?.[1];
    if (index !== undefined) at = (at as readonly unknown[] | undefined)?.[Number(index)];
  }
  const text = at === resource || at === undefined ? '' : JSON.stringify(at, null, 2);
  return text === '' || text.length > 700 ? undefined : text;
}

function wrongExample({ profile: name, name: file, resource, wrong }: Example): string {
  const errors = errorsOf(resource);
  const place = errors.map(({ expression }) => expression?.[0] ?? '').find((each) => each.includes('.'));
  const part = place === undefined ? undefined : partAt(resource, place);
  return [
    `### ${(wrong?.what ?? '').replace(/^./, (first) => first.toUpperCase())}`,
    `\`${name}/${file}.json\``,
    ...(part === undefined ? [] : [`At \`${place}\`:`, `\`\`\`json\n${part}\n\`\`\``]),
    table(
      ['place', 'rule', 'what is said'],
      errors.map(({ expression, rule, diagnostics }) => row(`\`${expression?.[0]}\``, `\`${rule}\``, diagnostics)),
    ),
    `**To mend it:** ${wrong?.mend}`,
  ].join('\n\n');
}

export function wrongResourcesDocument(): string {
  const wrong = examples.filter((example) => example.wrong);
  const profiles = [...new Set(wrong.map((example) => example.profile))];
  const titleOf = (id: string): string | undefined =>
    ofType<StructureDefinition>('StructureDefinition').find((each) => each.id === id)?.title;
  return `${[
    '# Wrong resources, and what is said of them',
    `${wrong.length} resources, each wrong in one way, with the errors that \`$validate\` gives and how to mend them. The resources are in ` +
      '`profiles/throughline/examples`; a test holds every message. The profiles are described in [our profiles](profiles.md).',
    ...profiles.flatMap((id) => [
      `## ${titleOf(id)}`,
      ...wrong.filter((example) => example.profile === id).map(wrongExample),
    ]),
  ].join('\n\n')}\n`;
}
