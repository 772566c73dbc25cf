/**
 * A modular Questionnaire with the items of its sub-questionnaires in place. https://hl7.org/fhir/uv/sdc/modular.html#modular-questionnaires
 */
import { expressionsOf, VARIABLE } from '../../../../profiles/questionnaire/expression.ts';
import { formOf, objectsOf } from '../../../../profiles/questionnaire/form.ts';
import { FhirError, type Issue, issue, tooLarge } from '../../../../resources/outcome.ts';
import type { Extension, Questionnaire, QuestionnaireItem } from '../../../../resources/types.ts';
import type { Context } from '../../../interaction/interaction.ts';
import { extensionParts, extensionValues, sdc } from '../extension.ts';
import { byCanonical } from '../find.ts';
import type { KnownForms } from '../known-forms.ts';
import { agreement } from './agreement.ts';
import { prefixOf, withPrefix } from './prefix.ts';

export interface Assembled {
  readonly questionnaire: Questionnaire;
  readonly issues: readonly Issue[];
}

// Deeper, and with more parts, than forms are made of; modules that include one another several times would grow without end.
const [DEEPEST, MOST_MODULES, MOST_ITEMS] = [10, 200, 5_000];

const isModule = (item: QuestionnaireItem): boolean => extensionValues(item, sdc('subQuestionnaire')).length > 0;

/**
 * The Questionnaire as it is when it has no sub-questionnaires.
 * @throws FhirError 422 with what stands in the way: a module that is not known, not fit to be one, or includes itself
 */
export async function assembled(questionnaire: Questionnaire, known: KnownForms, context: Context): Promise<Assembled> {
  if (!formOf(questionnaire).all.some(({ definition }) => isModule(definition))) return { questionnaire, issues: [] };
  return new Assembly(questionnaire, known, context).run();
}

/** What is known where a module is put. */
interface Surrounding {
  /** The Questionnaires on the way to it, the outermost first. */
  readonly chain: readonly Questionnaire[];
  /** Names of variables and launch contexts. */
  readonly names: ReadonlySet<string>;
  /** The value of the variable linkIdPrefix, when there is one. */
  readonly prefix: string | undefined;
}

class Assembly {
  readonly #root: Questionnaire;
  readonly #known: KnownForms;
  readonly #context: Context;
  readonly #used = new Set<string>();
  readonly #toRoot: Extension[] = [];
  readonly #contained = new Map<string, NonNullable<Questionnaire['contained']>[number]>();
  readonly #issues: Issue[] = [];
  #modules = 0;
  #items = 0;

  constructor(root: Questionnaire, known: KnownForms, context: Context) {
    this.#root = root;
    this.#known = known;
    this.#context = context;
    for (const each of root.contained ?? []) this.#contained.set(String(each.id), each);
  }

  async run(): Promise<Assembled> {
    const { id: _id, meta: _meta, text: _text, ...root } = this.#root;
    const names = new Set([...variableNames(root.extension), ...launchNames(root.extension)]);
    const prefix = prefixOf(root, undefined);
    const { items, extension } = await this.#list(root.item ?? [], { chain: [this.#root], names, prefix });
    const questionnaire: Questionnaire = {
      ...root,
      version: root.version === undefined ? 'assembled' : `${root.version}-assembled`,
      extension: [
        ...withoutExpectation(root.extension ?? []),
        ...missing(this.#toRoot, root.extension ?? []),
        ...extension,
        ...[...this.#used].map((valueCanonical) => ({ url: sdc('assembledFrom'), valueCanonical })),
      ],
      ...(this.#contained.size > 0 ? { contained: [...this.#contained.values()] } : {}),
      item: items,
    };
    this.#refuseDuplicates(questionnaire);
    return { questionnaire, issues: this.#issues };
  }

  /** Items that stand together, modules replaced; and the extensions that those give to what the items stand in. */
  async #list(
    list: readonly QuestionnaireItem[],
    around: Surrounding,
  ): Promise<{ readonly items: QuestionnaireItem[]; readonly extension: readonly Extension[] }> {
    const items: QuestionnaireItem[] = [];
    const extension: Extension[] = [];
    for (const item of list) {
      this.#items += 1;
      if (this.#items > MOST_ITEMS) throw tooLarge(`The assembled Questionnaire has more than ${MOST_ITEMS} items`);
      if (isModule(item)) {
        const module = await this.#module(item, around);
        items.push(...module.items);
        extension.push(...module.extension);
      } else items.push(await this.#item(item, around));
    }
    return { items, extension };
  }

  async #item(item: QuestionnaireItem, around: Surrounding): Promise<QuestionnaireItem> {
    if (!item.item) return item;
    const inner: Surrounding = {
      ...around,
      names: new Set([...around.names, ...variableNames(item.extension)]),
      prefix: prefixOf(item, around.prefix),
    };
    const { items, extension } = await this.#list(item.item, inner);
    const both = [...(item.extension ?? []), ...this.#added(item, extension)];
    return { ...item, ...(both.length > 0 ? { extension: both } : {}), item: items };
  }

  /** What modules give to the item that they stand in; a variable of a name that is there already would change its meaning. */
  #added({ linkId, extension = [] }: QuestionnaireItem, given: readonly Extension[]): readonly Extension[] {
    const own = variableNames(extension);
    const twice = variableNames(given).find((name) => own.includes(name) && name !== 'linkIdPrefix');
    if (twice !== undefined) throw refused(`The item '${linkId}' and a module in it both have a variable ${twice}`);
    return given;
  }

  async #module(item: QuestionnaireItem, around: Surrounding) {
    const [canonical] = extensionValues(item, sdc('subQuestionnaire'));
    if (item.type !== 'display')
      throw refused(`The item '${item.linkId}' is a ${item.type}; a module stands in the place of a display`);
    const sub = await this.#found(String(canonical), item);
    const { chain, prefix = '' } = around;
    const cycle = chain.findIndex(({ url }) => url !== undefined && url === sub.url);
    if (cycle >= 0)
      throw refused(`Modules include themselves: ${[...chain.slice(cycle), sub].map(nameOf).join(' -> ')}`);
    this.#modules += 1;
    if (chain.length >= DEEPEST || this.#modules > MOST_MODULES)
      throw refused(`The Questionnaire has modules more than ${DEEPEST} deep, or more than ${MOST_MODULES} of them`);
    const { errors, warnings } = agreement(sub, this.#root, around.names);
    if (errors.length > 0) throw refused(...errors.map((text) => `${nameOf(sub)}: ${text}`));
    for (const text of warnings) this.#tell(`${nameOf(sub)}: ${text}`);
    this.#used.add(sub.version === undefined ? (sub.url ?? String(canonical)) : `${sub.url}|${sub.version}`);
    const own = withPrefix(sub, prefix);
    for (const each of own.contained ?? []) this.#contain(each, sub);
    this.#toRoot.push(...(sub.extension ?? []).filter(({ url }) => TO_ROOT.includes(url)));
    const names = new Set([...around.names, ...variableNames(sub.extension), ...launchNames(sub.extension)]);
    const inner = { chain: [...chain, sub], names, prefix: prefixOf(sub, around.prefix) };
    const { items, extension } = await this.#list(own.item ?? [], inner);
    return { items, extension: [...(sub.extension ?? []).filter(({ url }) => TO_ITEM.includes(url)), ...extension] };
  }

  async #found(canonical: string, { linkId }: QuestionnaireItem): Promise<Questionnaire> {
    if (!canonical.includes('|'))
      this.#tell(`'${linkId}' names ${canonical} without its version: what it stands for may change`);
    try {
      return await byCanonical(canonical, this.#known, this.#context);
    } catch (error) {
      if (!(error instanceof FhirError) || error.status >= 500) throw error;
      throw refused(`The Questionnaire ${canonical}, which stands in the place of '${linkId}', is not known here`);
    }
  }

  #contain(resource: NonNullable<Questionnaire['contained']>[number], from: Questionnaire): void {
    const id = String(resource.id);
    const before = this.#contained.get(id);
    if (before && JSON.stringify(before) !== JSON.stringify(resource))
      throw refused(
        `${nameOf(from)} contains a ${resource.resourceType} #${id}, and so does another part; a linkIdPrefix would tell them apart`,
      );
    this.#contained.set(id, resource);
  }

  #refuseDuplicates(questionnaire: Questionnaire): void {
    const seen = new Set<string>();
    const twice = new Set<string>();
    for (const { linkId } of formOf(questionnaire).all) {
      if (seen.has(linkId)) twice.add(linkId);
      seen.add(linkId);
    }
    if (twice.size > 0)
      throw refused(
        `Several items have the linkId ${[...twice]
          .slice(0, 10)
          .map((each) => `'${each}'`)
          .join(', ')}; a variable linkIdPrefix beside the module would tell them apart`,
      );
  }

  #tell(text: string): void {
    if (!this.#issues.some(({ diagnostics }) => diagnostics === text))
      this.#issues.push(issue('business-rule', text, { severity: 'warning' }));
  }
}

const refused = (...texts: readonly string[]): FhirError =>
  new FhirError(
    422,
    texts.map((text) => issue('business-rule', text, { expression: 'Questionnaire' })),
  );

const nameOf = ({ url, version, id }: Questionnaire): string =>
  `${url ?? `Questionnaire/${id ?? '(sent)'}`}${version === undefined ? '' : `|${version}`}`;

const LIBRARY = 'http://hl7.org/fhir/StructureDefinition/cqf-library';
const TO_ROOT: readonly string[] = [LIBRARY, sdc('launchContext')];
const TO_ITEM: readonly string[] = ['http://hl7.org/fhir/StructureDefinition/targetConstraint', VARIABLE];

const variableNames = (extension: readonly Extension[] | undefined): readonly string[] =>
  expressionsOf({ extension }, VARIABLE).flatMap(({ name }) => name ?? []);

const launchNames = (extension: readonly Extension[] | undefined): readonly string[] =>
  extensionParts({ extension }, sdc('launchContext')).flatMap((parts) => launchName(parts.get('name')) ?? []);

/** SDC 3 and 4 give it as a Coding, earlier ones as an id. */
const launchName = (value: unknown): string | undefined =>
  typeof value === 'string' ? value : (value as { readonly code?: string } | undefined)?.code;

/** Those that are not there yet: a launch context once for each name, anything else once. */
function missing(given: readonly Extension[], there: readonly Extension[]): readonly Extension[] {
  const keyOf = (extension: Extension): string => launchNames([extension])[0] ?? JSON.stringify(extension);
  const keys = new Set(there.filter(({ url }) => TO_ROOT.includes(url)).map(keyOf));
  return given.filter((extension) => !keys.has(keyOf(extension)) && keys.add(keyOf(extension)));
}

const EXPECTATION = sdc('assemble-expectation');

/** What had to be assembled is independent; what could be nothing but the whole form needs not say so. */
const withoutExpectation = (extension: readonly Extension[]): readonly Extension[] =>
  extension.flatMap((each) => {
    if (each.url !== EXPECTATION) return [each];
    const code = each.valueCode ?? '';
    return code === 'assemble-root' ? [] : [{ ...each, valueCode: code.replace(/^assemble-/, 'independent-') }];
  });

/** Whether a Questionnaire says that it has to be assembled. */
export const expectsAssembly = ({ extension }: Questionnaire): boolean =>
  objectsOf(extension).some(([{ url, valueCode }]) => url === EXPECTATION && String(valueCode).startsWith('assemble-'));
