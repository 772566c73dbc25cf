/** Special parameters: each is carried out by rules of its own. https://hl7.org/fhir/R4/search.html#special */
import type { SearchParameter } from '../search-parameter.ts';
import { type FullTextValue, fullText } from './full-text.ts';
import { type NearValue, near } from './near.ts';
import type { SearchType } from './search-type.ts';

type SpecialValue = NearValue | FullTextValue;

const isFullText = (value: SpecialValue): value is FullTextValue =>
  value.kind === 'words' || value.kind === 'any-words';

const typeOf = ({ code }: SearchParameter) => (code === '_text' || code === '_content' ? fullText : near);

export const special: SearchType<SpecialValue> = {
  parse: (text, modifier, param, context) => typeOf(param).parse(text, modifier, param, context),
  modifiers: (param) => typeOf(param).modifiers(param),
  rows: (value, param, context) => typeOf(param).rows(value, param, context),
  present: (param) => typeOf(param).present(param),
  table: (value) => (isFullText(value) ? fullText.table(value) : near.table(value)),
  test: (row, value) => (isFullText(value) ? fullText.test(row, value) : near.test(row, value)),
  where: (alias, value, param) =>
    isFullText(value) ? fullText.where(alias, value, param) : near.where(alias, value, param),
};
