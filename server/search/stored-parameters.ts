/**
 * The SearchParameters that are stored as resources, judged together: which are in force beside those that the server ships, which say what
 * another says already, and which cannot be carried out. https://hl7.org/fhir/R4/searchparameter.html
 */
import type { SearchParameterTable } from '../../resources/definition.ts';
import { compile } from '../../resources/fhirpath.ts';
import { type Issue, issue } from '../../resources/outcome.ts';
import { searchParameterTable } from '../../resources/search-parameter.ts';
import type { ResourceType, SearchParameter } from '../../resources/types.ts';
import { parameterIssues } from './check-parameter.ts';
import { alternatives, typesOf } from './compile-parameters.ts';

export type Verdict =
  | { readonly kind: 'in-force'; readonly table: SearchParameterTable }
  /** Not active; or the definition of one that is in force under another name. */
  | { readonly kind: 'not-needed' }
  | { readonly kind: 'wrong'; readonly issues: readonly Issue[] };

/** Whose a pair of type and code is. */
interface Owner {
  readonly table: SearchParameterTable;
  /** `SearchParameter/care-level`; absent for those that the server ships. */
  readonly stored?: string;
}

type Owners = Map<string, Owner>;

const keyOf = (type: ResourceType, code: string): string => `${type}.${code}`;

/** The verdict on each of `stored` by its id. Of two that want the same code the older has it. */
export function verdicts(
  shipped: readonly SearchParameterTable[],
  stored: readonly SearchParameter[],
): ReadonlyMap<string, Verdict> {
  const owners: Owners = new Map();
  for (const table of shipped) take(owners, { table });
  const found = new Map<string, Verdict>();
  // Composites are made of the others.
  for (const parameter of [...stored].sort((a, b) => Number(isComposite(a)) - Number(isComposite(b)))) {
    const verdict = verdictOn(parameter, owners);
    found.set(parameter.id ?? '', verdict);
    if (verdict.kind === 'in-force') take(owners, { table: verdict.table, stored: `SearchParameter/${parameter.id}` });
  }
  return found;
}

const isComposite = ({ type }: SearchParameter): boolean => type === 'composite';

function take(owners: Owners, owner: Owner): void {
  for (const type of owner.table.base.flatMap(typesOf)) {
    const key = keyOf(type, owner.table.code);
    if (!owners.has(key)) owners.set(key, owner);
  }
}

function verdictOn(parameter: SearchParameter, owners: Owners): Verdict {
  if (parameter.status !== 'active') return { kind: 'not-needed' };
  const already = ownersOf(parameter, owners);
  if (already.length > 0 && already.every(({ table }) => saysTheSame(parameter, table))) return { kind: 'not-needed' };
  const issues = [
    ...parameterIssues(parameter),
    ...already.slice(0, 1).map((owner) => clash(parameter, owner)),
    ...(isComposite(parameter) ? componentIssues(parameter, owners) : []),
  ];
  return issues.length > 0 ? { kind: 'wrong', issues } : { kind: 'in-force', table: searchParameterTable(parameter) };
}

/** Those that have the code on one of the bases, or the URL. */
function ownersOf({ base, code, url }: SearchParameter, owners: Owners): readonly Owner[] {
  if (!Array.isArray(base)) return [];
  const byCode = base.flatMap(typesOf).flatMap((type) => owners.get(keyOf(type, code)) ?? []);
  const byUrl = [...owners.values()].filter(({ table }) => table.url === url);
  return [...new Set([...byCode, ...byUrl])];
}

/** It is derived from the other, or asks for the same: an implementation guide that repeats a parameter of R4. */
function saysTheSame(parameter: SearchParameter, table: SearchParameterTable): boolean {
  if (parameter.code !== table.code || parameter.type !== table.type) return false;
  const bases = parameter.base.flatMap(typesOf);
  if (!bases.every((type) => table.base.flatMap(typesOf).includes(type))) return false;
  if (parameter.derivedFrom === table.url) return true;
  const own = searchParameterTable(parameter);
  return (
    bases.every((type) => expressionText(type, own) === expressionText(type, table)) &&
    JSON.stringify(own.component) === JSON.stringify(table.component)
  );
}

const expressionText = (type: ResourceType, table: SearchParameterTable): string =>
  alternatives(type, table)
    .map((each) => each.replace(/\s+/g, ''))
    .sort()
    .join('|');

function clash({ url, code, base }: SearchParameter, { table, stored }: Owner): Issue {
  const owner = stored ?? 'which this server ships';
  if (table.url === url)
    return issue(
      'duplicate',
      `the URL ${url} is that of another search parameter, ${owner}; give this one a URL of its own`,
      {
        expression: 'SearchParameter.url',
        rule: 'search-parameter-url',
      },
    );
  return issue(
    'duplicate',
    `${base.join(' and ')} has a search parameter '${code}' already: ${table.url}, ${owner}. Choose another code${stored ? ', or retire that one first' : ''}`,
    { expression: 'SearchParameter.code', rule: 'search-parameter-code' },
  );
}

function componentIssues({ component = [], base, expression }: SearchParameter, owners: Owners): readonly Issue[] {
  const at = (index: number, part: string, text: string): Issue =>
    issue('invalid', text, {
      expression: `SearchParameter.component[${index}].${part}`,
      rule: 'search-parameter-component',
    });
  if (component.length < 2)
    return [
      issue('invalid', `a composite has two components or more; this one has ${component.length}`, {
        expression: 'SearchParameter.component',
        rule: 'search-parameter-component',
      }),
    ];
  return base.flatMap(typesOf).flatMap((type) =>
    component.flatMap(({ definition, expression: path }, index) => {
      const owner = [...owners].find(
        ([key, { table }]) => table.url === definition && key === keyOf(type, table.code),
      )?.[1];
      if (!owner)
        return [at(index, 'definition', `${type} has no search parameter with the URL ${definition} in force`)];
      if (owner.table.type === 'composite' || owner.table.type === 'special')
        return [at(index, 'definition', `${definition} is of type ${owner.table.type}, which cannot be a component`)];
      return selectsIn(expression ?? '', path, type)
        ? []
        : [at(index, 'expression', `'${path}' selects nothing in what '${expression}' selects in a ${type}`)];
    }),
  );
}

/** Whether the path of a component may lead anywhere from the elements of the composite. */
function selectsIn(expression: string, path: string, type: ResourceType): boolean {
  try {
    const elements = compile(alternatives(type, { expression } as SearchParameterTable).join(' | '), type).types;
    return !elements || elements.some((element) => compile(path, element, type).types?.length !== 0);
  } catch {
    return false;
  }
}
