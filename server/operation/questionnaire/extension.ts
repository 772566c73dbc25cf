/** The extensions of SDC on a Questionnaire or one of its items. */
import type { Extended } from '../../../profiles/questionnaire/expression.ts';
import { choiceOf, objectsOf } from '../../../profiles/questionnaire/form.ts';

export const sdc = (name: string): string => `http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-${name}`;

/** The values of an extension, by its URL. */
export const extensionValues = ({ extension }: Extended, url: string): readonly unknown[] =>
  objectsOf(extension).flatMap(([each]) => {
    const value = each.url === url ? choiceOf(each, 'value') : undefined;
    return value ? [value.value] : [];
  });

/** The extensions of one URL that are made of parts: the values of each by the name of the part. */
export const extensionParts = ({ extension }: Extended, url: string): readonly ReadonlyMap<string, unknown>[] =>
  objectsOf(extension).flatMap(([each]) =>
    each.url === url
      ? [
          new Map(
            objectsOf(each.extension).flatMap(([part]) => {
              const value = choiceOf(part, 'value');
              return value ? [[String(part.url), value.value] as const] : [];
            }),
          ),
        ]
      : [],
  );
