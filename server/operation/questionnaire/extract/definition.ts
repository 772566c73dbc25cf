/**
 * Definition-based extraction: resources of a type or profile, filled by the items whose definition names an element of it.
 * https://hl7.org/fhir/uv/sdc/extraction.html#definition-based-extraction
 */
import { asObject } from '../../../../profiles/assertion.ts';
import { quantityOf, unitOf } from '../../../../profiles/questionnaire/answers-of.ts';
import { type Extended, expressionsOf, FHIRPATH, QUERY } from '../../../../profiles/questionnaire/expression.ts';
import { choiceOf, objectsOf, typeName } from '../../../../profiles/questionnaire/form.ts';
import type { ResponseItem } from '../../../../profiles/questionnaire/response.ts';
import { isResourceType } from '../../../../resources/definition.ts';
import type { TypedValue } from '../../../../resources/fhirpath.ts';
import type { AnyResource, FhirResource } from '../../../../resources/types.ts';
import { filledQuery } from '../../x-fhir-query/filled.ts';
import { matchesIn } from '../../x-fhir-query/found.ts';
import { extensionParts, extensionValues, sdc } from '../extension.ts';
import { reasonOf, valuesAt } from '../form-work.ts';
import { type Anchor, Building, type Json } from './building.ts';
import type { EntryTerms } from './entries.ts';
import { type Extraction, type Spot, textOf } from './extract.ts';
import { fixedByProfile } from './fixed-by-profile.ts';

const EXTRACT = sdc('definitionExtract');
const VALUE = sdc('definitionExtractValue');
const CONTEXT = sdc('itemExtractionContext');
const CORE = 'http://hl7.org/fhir/StructureDefinition/';

interface Begun {
  readonly building: Building;
  readonly terms: EntryTerms;
  readonly key: string;
  readonly path: string;
}

/** What is being extracted at one place of the response, the innermost first. */
export interface Defined {
  readonly buildings: readonly Building[];
  readonly anchors: readonly Anchor[];
  /** Begun at this place: done when all below has been walked. */
  readonly begun: readonly Begun[];
}

interface Target {
  /** The canonical, `#` and the id of the element. */
  readonly target: string;
  /** Absent for the element of a group. */
  readonly values?: readonly TypedValue[];
  /** Said for extraction alone: the definition of an item may be there for other reasons. */
  readonly isDeclared: boolean;
}

export const OUTSIDE: Defined = { buildings: [], anchors: [], begun: [] };

export class DefinitionExtraction {
  readonly #extraction: Extraction;

  constructor(extraction: Extraction) {
    this.#extraction = extraction;
  }

  /** Begins the resources of one place and puts its values; what holds below it. */
  async enter(place: Extended, path: string, spot: Spot, outer: Defined): Promise<Defined> {
    const begun = [...this.#begin(place, path, spot), ...(await this.#beginFromContext(place, path, spot))];
    const buildings = [...begun.map(({ building }) => building), ...outer.buildings];
    let anchors = outer.anchors;
    for (const { target, values, isDeclared } of this.#targets(place, path, spot)) {
      const [canonical = '', id = ''] = target.split('#');
      const building = buildings.find((each) => each.canonical === canonical || isOfType(each, canonical));
      if (!building) {
        if (isDeclared)
          this.#extraction.work.tell(
            'business-rule',
            path,
            `${target} is not extracted: nothing here or above extracts a ${canonical}`,
          );
        continue;
      }
      try {
        anchors = [...anchors, ...(values ? building.put(id, values, anchors) : building.open(id, anchors))];
      } catch (cause) {
        this.#extraction.work.tell('processing', path, `${target} is not extracted: ${reasonOf(cause)}`);
      }
    }
    return { buildings, anchors, begun };
  }

  /** Hands on what was begun at a place. */
  leave({ begun }: Defined): void {
    const { work, entries } = this.#extraction;
    for (const { building, terms, key, path } of begun) {
      const { canonical, resource, type } = building;
      const profile = work.source.structureDefinition(canonical);
      if (profile && profile.derivation === 'constraint') {
        fixedByProfile(building, profile);
        const meta = asObject(resource.meta) ?? {};
        resource.meta = { ...meta, profile: [...new Set([...objectsText(meta.profile), canonical])] };
      } else if (!profile)
        work.tell(
          'not-found',
          path,
          `The profile ${canonical} is not known here: what it fixes is not put into the ${type}`,
        );
      // Built element by element after the definitions of R4.
      entries.add(resource as unknown as FhirResource, terms, key);
    }
  }

  #begin(place: Extended, path: string, spot: Spot): readonly Begun[] {
    return extensionParts(place, EXTRACT).flatMap((parts, at) => {
      const canonical = parts.get('definition');
      const type = typeof canonical === 'string' ? this.#typeOf(canonical) : undefined;
      if (typeof canonical !== 'string' || type === undefined) {
        this.#extraction.work.tell(
          'not-found',
          path,
          `${String(canonical)} is no resource type and no profile that is known here: nothing is extracted`,
        );
        return [];
      }
      const text = (name: string) => textOf(parts.get(name), spot.frame, path, this.#extraction);
      const terms = {
        fullUrl: text('fullUrl'),
        ifNoneMatch: text('ifNoneMatch'),
        ifModifiedSince: text('ifModifiedSince'),
        ifMatch: text('ifMatch'),
        ifNoneExist: text('ifNoneExist'),
      };
      return [{ building: new Building(canonical, type), terms, key: `${spot.key}#${at}`, path }];
    });
  }

  /** The older form: a type, or a search for the resource to update. */
  async #beginFromContext(place: Extended, path: string, spot: Spot): Promise<readonly Begun[]> {
    const [code] = extensionValues(place, CONTEXT);
    const key = `${spot.key}#context`;
    if (typeof code === 'string' && isResourceType(code))
      return [{ building: new Building(CORE + code, code), terms: {}, key, path }];
    const [declared] = expressionsOf(place, CONTEXT);
    if (!declared) return [];
    const { language, expression } = declared;
    const type = /^\/?([A-Za-z]+)/.exec(expression)?.[1];
    try {
      const found =
        language === QUERY ? await this.#searched(expression, spot) : this.#selected(expression, language, spot);
      const [stored, ...others] = found;
      if (others.length > 0) throw new Error(`it gives ${found.length} resources, and one is extracted`);
      const resourceType = stored?.resourceType ?? type;
      if (!isResourceType(resourceType)) throw new Error('it names no resource type');
      const version = stored?.meta?.versionId;
      const terms = version === undefined ? {} : { ifMatch: `W/"${version}"` };
      return [
        { building: new Building(CORE + resourceType, resourceType, stored && unversioned(stored)), terms, key, path },
      ];
    } catch (cause) {
      this.#extraction.work.tell('processing', path, `Nothing is extracted here: ${reasonOf(cause)} (${expression})`);
      return [];
    }
  }

  async #searched(expression: string, { frame }: Spot): Promise<readonly AnyResource[]> {
    const { expressions, work } = this.#extraction;
    const query = await filledQuery(expression, valuesAt(expressions, frame));
    return query === undefined || !/[?/]/.test(query.replace(/^\//, '')) ? [] : matchesIn(await work.find(query));
  }

  #selected(expression: string, language: string | undefined, { frame }: Spot): readonly AnyResource[] {
    if (language !== FHIRPATH) throw new Error(`its language ${language} is not known here`);
    return this.#extraction.expressions.evaluate(expression, frame).map(({ value }) => value as AnyResource);
  }

  /** What is put where: `canonical#id` with values, or without for the element of a group. */
  #targets(place: Extended, path: string, { item, frame }: Spot): readonly Target[] {
    const own = item?.form.definition.definition;
    const target = typeof own === 'string' && own.includes('#') ? own : undefined;
    const answered =
      target === undefined || !item
        ? []
        : [{ target, isDeclared: false, ...(item.form.type === 'group' ? {} : { values: valuesOf(item) }) }];
    const declared = objectsOf(place.extension).flatMap(([extension]) => {
      if (extension.url !== VALUE) return [];
      const parts = new Map(objectsOf(extension.extension).map(([part]) => [part.url, part]));
      const to = choiceOf(parts.get('definition') ?? {}, 'value')?.value;
      const fixed = choiceOf(parts.get('fixed-value') ?? {}, 'value');
      if (typeof to !== 'string') return [];
      if (fixed)
        return [{ target: to, isDeclared: true, values: [{ value: fixed.value, type: typeName(fixed.type) }] }];
      const expression = asObject(choiceOf(parts.get('expression') ?? {}, 'value')?.value)?.expression;
      return [{ target: to, isDeclared: true, values: this.#evaluated(expression, to, path, frame) }];
    });
    return [...answered, ...declared];
  }

  #evaluated(expression: unknown, target: string, path: string, frame: Spot['frame']): readonly TypedValue[] {
    const { expressions, work } = this.#extraction;
    if (typeof expression !== 'string') return [];
    try {
      return expressions.evaluate(expression, frame);
    } catch (cause) {
      work.tell('processing', path, `${target} is not extracted: ${reasonOf(cause)} (${expression})`);
      return [];
    }
  }

  #typeOf(canonical: string): string | undefined {
    const name = canonical.startsWith(CORE) ? canonical.slice(CORE.length).split('|')[0] : undefined;
    if (isResourceType(name)) return name;
    const type = this.#extraction.work.source.structureDefinition(canonical)?.type;
    return isResourceType(type) ? type : undefined;
  }
}

/** An item may say `.../Patient#...` where the older extension gave the type. */
const isOfType = ({ canonical }: Building, other: string): boolean => canonical.split('|')[0] === other;

function unversioned(stored: AnyResource): Json {
  const { versionId: _version, lastUpdated: _instant, ...kept } = stored.meta ?? {};
  const { meta: _meta, ...elements } = stored;
  return { ...elements, ...(Object.keys(kept).length > 0 ? { meta: kept } : {}) };
}

const objectsText = (value: unknown): readonly string[] =>
  Array.isArray(value) ? value.filter((each): each is string => typeof each === 'string') : [];

/** The answers of an item, numbers with the unit that it asks for. */
function valuesOf({ answers, form }: ResponseItem): readonly TypedValue[] {
  const unit = form && unitOf(form);
  return answers.flatMap(({ value }) => {
    if (!value) return [];
    const isNumber = value.type === 'Decimal' || value.type === 'Integer';
    return isNumber && unit
      ? [{ value: quantityOf(value.value as number, unit), type: 'Quantity' }]
      : [{ value: value.value, type: typeName(value.type) }];
  });
}
