/**
 * What a profile asks of a narrative by extensions: that its language sections are as stated, and that each part says where it comes from.
 * https://hl7.org/fhir/extensions/StructureDefinition-narrative-language-control.html
 */
import { SaxesParser } from 'saxes';
import type { ElementDefinition } from '../resources/types.ts';
import { asObject, type NarrativeAssertion } from './assertion.ts';
import type { Node } from './node.ts';
import { shown, type Walk } from './walk.ts';

const LANGUAGE = 'http://hl7.org/fhir/StructureDefinition/narrative-language-control';
const SOURCE = 'http://hl7.org/fhir/StructureDefinition/narrative-source-control';

/** The part of an ElementDefinition that speaks about the narrative. */
export function narrativeAssertion({ extension }: ElementDefinition): NarrativeAssertion | undefined {
  const languages = (extension ?? []).flatMap(({ url, valueCode }) =>
    url === LANGUAGE && valueCode ? [valueCode] : [],
  );
  const source = extension?.some(({ url }) => url === SOURCE);
  return languages.length > 0 || source
    ? { ...(languages.length > 0 ? { languages } : {}), ...(source ? { source } : {}) }
    : undefined;
}

export function checkNarrativeControl(
  { languages, source }: NarrativeAssertion,
  node: Node,
  profile: string,
  walk: Walk,
): void {
  const div = asObject(node.value)?.div;
  if (typeof div !== 'string') return;
  const { sections, unattributed } = partsOf(div);
  if (source)
    for (const text of unattributed)
      walk.error(
        'business-rule',
        'narrative-source',
        node.path,
        `${shown(text)} has no class boilerplate, generated or original to say where it comes from (${profile})`,
      );
  const found = sections.length > 0 ? sections.join(', ') : 'none';
  for (const language of languages ?? []) {
    if (language === '_yes') continue;
    if (language === '_no') {
      if (sections.length > 0)
        walk.error(
          'business-rule',
          'narrative-language',
          node.path,
          `has sections by language (${found}), which the profile does not allow (${profile})`,
        );
      continue;
    }
    const wanted = language === '_resource' ? node.scope.resource.language : language;
    if (typeof wanted === 'string' && !sections.includes(wanted))
      walk.error(
        'business-rule',
        'narrative-language',
        node.path,
        `has no section in ${wanted}, which the profile asks for; found ${found} (${profile})`,
      );
  }
}

interface Parts {
  /** The languages of the divs inside the outermost one. */
  readonly sections: readonly string[];
  /** Texts inside no element that says its source. */
  readonly unattributed: readonly string[];
}

const SOURCES = new Set(['boilerplate', 'generated', 'original']);

function partsOf(div: string): Parts {
  const sections: string[] = [];
  const unattributed: string[] = [];
  const attributed: boolean[] = [];
  const parser = new SaxesParser({ xmlns: false });
  // What is not well formed is reported by narrative.ts.
  parser.on('error', () => undefined);
  parser.on('opentag', ({ name, attributes }) => {
    const language = attributes['xml:lang'] ?? attributes.lang;
    if (attributed.length === 1 && name === 'div' && language !== undefined) sections.push(language);
    const classes = (attributes.class ?? '').split(/\s+/);
    attributed.push((attributed.at(-1) ?? false) || classes.some((each) => SOURCES.has(each)));
  });
  parser.on('closetag', () => void attributed.pop());
  parser.on('text', (text) => {
    if (text.trim() !== '' && attributed.at(-1) === false) unattributed.push(text.trim());
  });
  parser.write(div).close();
  return { sections, unattributed };
}
