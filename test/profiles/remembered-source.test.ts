import { strict as assert } from 'node:assert';
import { rememberedSource } from '../../profiles/remembered-source.ts';
import type { DefinitionSource } from '../../profiles/source.ts';
import type { CodeSystem } from '../../resources/types.ts';

const URL = 'https://clinic.example/CodeSystem/triage';
const triage: CodeSystem = { resourceType: 'CodeSystem', url: URL, status: 'active', content: 'complete' };

/** A source in which a code system comes and goes. */
function changing() {
  let revision = 1;
  let system: CodeSystem | undefined;
  const asked: string[] = [];
  const source: DefinitionSource = {
    structureDefinition: () => undefined,
    valueSet: () => undefined,
    codeSystem(canonical) {
      asked.push(canonical);
      return canonical === URL ? system : undefined;
    },
    get revision() {
      return revision;
    },
  };
  return {
    asked,
    source: rememberedSource(source),
    set(next: CodeSystem | undefined) {
      system = next;
      revision += 1;
    },
  };
}

describe('a source that remembers', () => {
  it('asks once for what is there and for what is not', () => {
    const { source, asked, set } = changing();
    set(triage);
    for (let count = 0; count < 3; count += 1) {
      assert.equal(source.codeSystem(URL), triage);
      assert.equal(source.codeSystem('http://loinc.org'), undefined);
    }
    assert.deepEqual(asked, [URL, 'http://loinc.org']);
  });

  it('knows what came since, what changed and what went', () => {
    const { source, set } = changing();
    assert.equal(source.codeSystem(URL), undefined);
    set(triage);
    assert.equal(source.codeSystem(URL), triage);
    const retired: CodeSystem = { ...triage, status: 'retired' };
    set(retired);
    assert.equal(source.codeSystem(URL), retired);
    set(undefined);
    assert.equal(source.codeSystem(URL), undefined);
  });

  it('gives the revision of what it remembers, and only the kinds that it has', () => {
    const { source, set } = changing();
    const before = source.revision ?? 0;
    set(triage);
    assert.ok((source.revision ?? 0) > before);
    assert.equal(source.questionnaire, undefined);
  });
});
