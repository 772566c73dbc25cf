/** Columns of what follows from several elements, by the rule that the mapping names. */
import { element } from '../../mappings/element.ts';
import type { Derivation } from '../../mappings/reading.ts';
import type { Table } from '../../mappings/table.ts';
import type { Place } from './json-sql.ts';
import { answerSql, scoreSql } from './phq9.ts';
import { below } from './place.ts';
import type { Reader } from './reader.ts';

export function derivedSql(reader: Reader, from: Derivation, owner: Place, table: Table | undefined): string {
  switch (from.rule) {
    case 'name':
      return calledSql(reader, owner);
    case 'phq9-answer':
      return reader.read(answerSql(from.item, table));
    case 'phq9-score':
      return reader.read(scoreSql(reader.json, from.of));
  }
}

/** The usual name, else the official one, else the first: its text, or its given names and family name. */
function calledSql(reader: Reader, owner: Place): string {
  const { json } = reader;
  const [usual, official, first] = [{ use: 'usual' }, { use: 'official' }, {}].map((slice) => {
    const name = below(json, owner, element('name', slice));
    const read = (part: string, of: 'text' | 'texts'): string =>
      reader.read(name.wrap(json[of](json.property(name.value, part))));
    const [text, given, family] = [read('text', 'text'), read('given', 'texts'), read('family', 'text')];
    const parts = `CASE WHEN ${given} IS NULL THEN ${family} WHEN ${family} IS NULL THEN ${given} ELSE ${given} || ' ' || ${family} END`;
    const isThere = reader.read(name.wrap(`CASE WHEN ${json.isObject(name.value)} THEN 1 END`));
    return { isThere: `${isThere} = 1`, called: `coalesce(${text}, ${parts})` };
  });
  if (!usual || !official || !first) throw new Error('three names are looked for');
  return `CASE WHEN ${usual.isThere} THEN ${usual.called} WHEN ${official.isThere} THEN ${official.called} ELSE ${first.called} END`;
}
