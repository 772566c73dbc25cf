/**
 * A source that remembers what a canonical stands for until its revision changes: one coding asks for its code system four times, and each asks
 * every layer. Definitions are held weakly, so that a source which keeps only some of them parsed keeps its bound.
 */
import type { DefinitionSource } from './source.ts';

type Ask<T extends object> = (canonical: string) => T | undefined;

// Canonicals come from clients.
const MOST_REMEMBERED = 5_000;

export function rememberedSource(source: DefinitionSource): DefinitionSource {
  const forgets: (() => void)[] = [];
  let revision = source.revision;

  function remembered<T extends object>(ask: Ask<T>): Ask<T> {
    const known = new Map<string, WeakRef<T> | undefined>();
    forgets.push(() => known.clear());
    return (canonical) => {
      if (source.revision !== revision) {
        for (const forget of forgets) forget();
        revision = source.revision;
      }
      const before = known.get(canonical);
      const definition = before?.deref();
      if (definition || (!before && known.has(canonical))) return definition;
      const found = ask(canonical);
      if (known.size >= MOST_REMEMBERED) known.clear();
      known.set(canonical, found && new WeakRef(found));
      return found;
    };
  }

  const { questionnaire, measure } = source;
  return {
    structureDefinition: remembered((canonical) => source.structureDefinition(canonical)),
    valueSet: remembered((canonical) => source.valueSet(canonical)),
    codeSystem: remembered((canonical) => source.codeSystem(canonical)),
    ...(questionnaire ? { questionnaire: remembered((canonical) => source.questionnaire?.(canonical)) } : {}),
    ...(measure ? { measure: remembered((canonical) => source.measure?.(canonical)) } : {}),
    get revision() {
      return source.revision;
    },
  };
}
