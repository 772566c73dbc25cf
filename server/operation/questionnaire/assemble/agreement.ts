/** Whether a Questionnaire may stand in another: what SDC asks before it is put there. https://hl7.org/fhir/uv/sdc/modular.html#modular-questionnaires */
import type { Coding, Extension, Questionnaire } from '../../../../resources/types.ts';
import { extensionValues, sdc } from '../extension.ts';

export interface Agreement {
  readonly errors: readonly string[];
  readonly warnings: readonly string[];
}

/** @param names the variables and launch contexts that are known where it is put */
export function agreement(sub: Questionnaire, root: Questionnaire, names: ReadonlySet<string>): Agreement {
  const [expectation] = extensionValues(sub, sdc('assemble-expectation'));
  const needed = extensionValues(sub, sdc('assembleContext')).filter((name) => !names.has(String(name)));
  const urls = (sub.extension ?? []).map(({ url }) => url);
  return {
    errors: [
      ...(expectation !== undefined &&
      !String(expectation).endsWith('-child') &&
      !String(expectation).endsWith('-or-child')
        ? [`its assemble-expectation is ${String(expectation)}, which is no module`]
        : []),
      ...needed.map((name) => `it needs the variable ${String(name)}, which is not known where it is put`),
      ...(urls.includes(sdc('questionnaireAdaptive')) ? ['it is adaptive, and a module cannot be'] : []),
      ...(sub.modifierExtension?.length ? [`it has the modifier extension ${sub.modifierExtension[0]?.url}`] : []),
      ...FORBIDDEN.filter((name) => urls.includes(sdc(name))).map(
        (name) => `it has ${name} at its root; that belongs on a group in it`,
      ),
      ...differences(sub, root),
    ],
    warnings: expectation === undefined ? ['it does not say (assemble-expectation) that it may be a module'] : [],
  };
}

const FORBIDDEN = [
  'definitionExtract',
  'itemExtractionContext',
  'itemPopulationContext',
  'observationExtract',
  'observation-extract-category',
  'observationLinkPeriod',
  'preferredTerminologyServer',
  'templateExtract',
  'templateExtractContext',
];

/** What has to be the same in both, or less in the module. */
function differences(sub: Questionnaire, root: Questionnaire): readonly string[] {
  const same = (['language', 'implicitRules'] as const).flatMap((name) =>
    sub[name] !== undefined && sub[name] !== root[name]
      ? [`its ${name} is ${sub[name]}, and that of the Questionnaire ${root[name] ?? 'is absent'}`]
      : [],
  );
  const labels = (of: Questionnaire): readonly string[] =>
    (of.meta?.security ?? []).map(({ system, code }: Coding) => `${system ?? ''}|${code ?? ''}`);
  const extra = labels(sub).filter((label) => !labels(root).includes(label));
  const extensions = ALIKE.flatMap((url) => {
    const there = texts(root.extension, url);
    return texts(sub.extension, url).some((text) => !there.includes(text))
      ? [`its ${url.split('/').pop()} is not that of the Questionnaire`]
      : [];
  });
  return [
    ...same,
    ...(extra.length > 0 ? [`it has the security label ${extra[0]}, which the Questionnaire has not`] : []),
    ...extensions,
  ];
}

const ALIKE = [
  sdc('endpoint'),
  sdc('entryMode'),
  sdc('performerType'),
  'http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-rendering-criticalExtension',
];

const texts = (extension: readonly Extension[] | undefined, url: string): readonly string[] =>
  (extension ?? []).filter((each) => each.url === url).map((each) => JSON.stringify(each));
