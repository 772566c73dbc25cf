/** The definitions that a form draws on: collected where they are installed, and read where the form is worked on. */
import { asObject } from '../../../profiles/assertion.ts';
import { choiceOf, formOf, objectsOf } from '../../../profiles/questionnaire/form.ts';
import { type DefinitionSource, packagedDefinitions, splitCanonical } from '../../../profiles/source.ts';
import { throughlineDefinitions } from '../../../profiles/throughline.ts';
import { parseJson, stringifyJson } from '../../../resources/json.ts';
import type { CodeSystem, Questionnaire, StructureDefinition, ValueSet } from '../../../resources/types.ts';

// Longer than any profile, and than the lists that forms take their answers from.
const LONGEST = 2_000_000;

/** JSON texts of the definitions that the form names and that only this installation has. */
export function definitionsOf(questionnaire: Questionnaire, source: DefinitionSource): readonly string[] {
  const [ours, r4] = [throughlineDefinitions(), packagedDefinitions()];
  const found = new Set<object>();
  const take = (definition: object | undefined, ...known: readonly (object | undefined)[]): void => {
    if (definition && !known.includes(definition)) found.add(definition);
  };
  for (const canonical of valueSetsOf(questionnaire)) {
    const valueSet = source.valueSet(canonical);
    take(valueSet, ours.valueSet(canonical), r4.valueSet(canonical));
    for (const [{ system }] of objectsOf(valueSet?.compose?.include))
      if (typeof system === 'string') take(source.codeSystem(system), ours.codeSystem(system), r4.codeSystem(system));
  }
  for (const system of systemsOf(questionnaire))
    take(source.codeSystem(system), ours.codeSystem(system), r4.codeSystem(system));
  for (const canonical of profilesOf(questionnaire))
    take(source.structureDefinition(canonical), ours.structureDefinition(canonical), r4.structureDefinition(canonical));
  return [...found].map((definition) => stringifyJson(definition)).filter(({ length }) => length <= LONGEST);
}

const valueSetsOf = (questionnaire: Questionnaire): ReadonlySet<string> =>
  new Set(
    formOf(questionnaire).all.flatMap(({ definition: { answerValueSet } }) =>
      typeof answerValueSet === 'string' && !answerValueSet.startsWith('#') ? [answerValueSet] : [],
    ),
  );

const systemsOf = (questionnaire: Questionnaire): ReadonlySet<string> =>
  new Set(
    formOf(questionnaire).all.flatMap(({ definition }) =>
      objectsOf(definition.answerOption).flatMap(([option]) => {
        const system = asObject(option.valueCoding)?.system;
        return typeof system === 'string' ? [system] : [];
      }),
    ),
  );

/** What stands before the `#` of a definition, and the profiles that resources are extracted to. */
function profilesOf(questionnaire: Questionnaire): ReadonlySet<string> {
  const profiles = new Set<string>();
  const take = (text: unknown): void => {
    if (typeof text === 'string') profiles.add(text.split('#')[0] ?? '');
  };
  const walk = (extension: unknown, depth: number): void => {
    if (depth > 3) return;
    for (const [each] of objectsOf(extension)) {
      if (each.url === 'definition') take(choiceOf(each, 'value')?.value);
      walk(each.extension, depth + 1);
    }
  };
  walk(questionnaire.extension, 0);
  for (const { definition } of formOf(questionnaire).all) {
    take(definition.definition);
    walk(definition.extension, 0);
  }
  return profiles;
}

type Sent = ValueSet | CodeSystem | StructureDefinition;

/** The same as a source. */
export function sentDefinitions(texts: readonly string[]): DefinitionSource {
  const all = texts.map((text) => parseJson(text) as unknown as Sent);
  const find = <T extends Sent>(type: T['resourceType'], canonical: string): T | undefined => {
    const { url, version } = splitCanonical(canonical);
    const found = all.find((each) => each.resourceType === type && each.url === url);
    return version === undefined || found?.version === version ? (found as T | undefined) : undefined;
  };
  return {
    structureDefinition: (canonical) => find<StructureDefinition>('StructureDefinition', canonical),
    valueSet: (canonical) => find<ValueSet>('ValueSet', canonical),
    codeSystem: (canonical) => find<CodeSystem>('CodeSystem', canonical),
  };
}
