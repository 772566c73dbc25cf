/**
 * Where the published search parameters of R4 cannot be taken as they are: examples that stand among them, and mistakes.
 * https://hl7.org/fhir/R4/searchparameter-registry.html
 */
import type { SearchParameterTable } from '../../resources/definition.ts';

const HL7 = 'http://hl7.org/fhir/SearchParameter/';

/** Not parameters of the specification, or not parameters that select values of a resource. */
const leftOut = new Set(
  [
    // Examples of the page SearchParameter, published with the rest.
    'example',
    'example-reference',
    'example-extension',
    // Carried out by the parser of searches.
    'filter',
    'Resource-query',
    // Without an expression: the age of a person changes every day, no row could hold it. Search by birthdate.
    'patient-extensions-Patient-age',
  ].map((name) => HL7 + name),
);

const corrections: Readonly<Record<string, Partial<SearchParameterTable>>> = {
  // Published without an expression.
  [`${HL7}patient-extensions-Patient-birthOrderBoolean`]: { expression: '(Patient.multipleBirth as boolean)' },
  // The expressions of the two components are published the wrong way round.
  [`${HL7}DocumentReference-relationship`]: {
    component: [
      { definition: `${HL7}DocumentReference-relatesto`, expression: 'target' },
      { definition: `${HL7}DocumentReference-relation`, expression: 'code' },
    ],
  },
};

/** The parameter as it is meant; undefined when it is none. */
export function corrected(table: SearchParameterTable): SearchParameterTable | undefined {
  if (leftOut.has(table.url)) return undefined;
  return { ...table, ...corrections[table.url] };
}
