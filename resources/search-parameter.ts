/** The part of a SearchParameter that the server works with. https://hl7.org/fhir/R4/searchparameter.html */
import type { SearchParameterTable } from './definition.ts';
import type { SearchParameter } from './types.ts';

export function searchParameterTable(parameter: SearchParameter): SearchParameterTable {
  return {
    url: parameter.url,
    code: parameter.code,
    type: parameter.type,
    base: parameter.base,
    description: (parameter.description ?? '').replace(/\r/g, '').trim(),
    ...(parameter.expression ? { expression: parameter.expression } : {}),
    ...(parameter.target ? { target: parameter.target } : {}),
    ...(parameter.component
      ? { component: parameter.component.map(({ definition, expression }) => ({ definition, expression })) }
      : {}),
  };
}
