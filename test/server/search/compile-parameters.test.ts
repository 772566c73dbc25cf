import { strict as assert } from 'node:assert';
import { resourceTypes, type SearchParameterTable, searchParameterTables } from '../../../resources/definition.ts';
import { compileParameters, declareParameters } from '../../../server/search/compile-parameters.ts';

let count = 0;
const registry = (tables: readonly SearchParameterTable[]) =>
  compileParameters(tables, () => {
    count += 1;
    return { number: count, status: 'active' };
  });
const parameters = registry(searchParameterTables());

describe('compileParameters', () => {
  it('gives every type the parameters that all resources have', () => {
    for (const type of resourceTypes())
      for (const code of ['_id', '_lastUpdated', '_tag', '_profile', '_security', '_source', '_content'])
        assert.ok(parameters.get(type, code), `${type}.${code}`);
    assert.ok(parameters.get('Patient', '_text'));
    assert.equal(parameters.get('Bundle', '_text'), undefined);
  });

  it('gives each parameter with rows a number of its own, and finds it again by that', () => {
    const all = resourceTypes().flatMap((type) => parameters.of(type));
    const owners = all.filter(({ number, alias }) => number > 0 && !alias);
    assert.equal(new Set(owners.map(({ number }) => number)).size, owners.length);
    for (const param of owners) assert.equal(parameters.byNumber(param.number), param);
    for (const code of ['_id', '_lastUpdated']) assert.equal(parameters.get('Patient', code)?.number, 0);
  });

  it('lists the parameters of a type in the order of their codes', () => {
    const codes = parameters.of('Observation').map(({ code }) => code);
    assert.deepEqual(codes, [...codes].sort());
    assert.ok(codes.includes('code-value-quantity'));
  });

  it('keeps of an expression for several types what is about the one', () => {
    assert.equal(parameters.get('Observation', 'date')?.expression, 'Observation.effective');
    assert.equal(parameters.get('Patient', 'family')?.expression, 'Patient.name.family');
    assert.deepEqual(parameters.get('Condition', 'onset-date')?.valueTypes, ['dateTime', 'Period']);
  });

  it('makes patient an alias of subject where it narrows that, and only there', () => {
    const patient = parameters.get('Observation', 'patient');
    assert.equal(patient?.alias, parameters.get('Observation', 'subject'));
    assert.equal(patient?.number, parameters.get('Observation', 'subject')?.number);
    assert.deepEqual(patient?.targets, ['Patient']);
    assert.equal(parameters.get('Appointment', 'patient')?.alias?.code, 'actor');
    assert.equal(parameters.get('AllergyIntolerance', 'patient')?.alias, undefined);
  });

  it('has the targets that are published, and none for what is no reference', () => {
    assert.ok((parameters.get('List', 'item')?.targets.length ?? 0) > 140);
    assert.deepEqual(parameters.get('Observation', 'performer')?.targets.includes('Practitioner'), true);
    assert.deepEqual(parameters.get('Patient', 'name')?.targets, []);
  });

  it('joins composites to the parameters of their components', () => {
    const composite = parameters.get('Observation', 'code-value-quantity');
    assert.deepEqual(
      composite?.components?.map(({ param }) => param.code),
      ['code', 'value-quantity'],
    );
    const composites = searchParameterTables().filter(({ type }) => type === 'composite');
    for (const { base, code } of composites)
      for (const type of base) assert.ok(parameters.get(type as 'Patient', code), `${type}.${code}`);
  });

  it('leaves out the examples among the published parameters, and mends what is wrong with others', () => {
    assert.equal(parameters.get('Patient', 'part-agree'), undefined);
    assert.equal(parameters.get('Patient', '_id')?.url, 'http://hl7.org/fhir/SearchParameter/Resource-id');
    assert.deepEqual(
      parameters.get('DocumentReference', 'relationship')?.components?.map(({ expression }) => expression),
      ['target', 'code'],
    );
  });

  it('has an expression for every parameter with rows', () => {
    const without = resourceTypes().flatMap((type) =>
      parameters.of(type).filter(({ number, expression }) => number > 0 && !expression),
    );
    assert.deepEqual(without, []);
  });
});

describe('declareParameters', () => {
  it('names the parameters that compileParameters asks a number for', () => {
    const asked: string[] = [];
    compileParameters(searchParameterTables(), (type, code) => {
      asked.push(`${type}.${code}`);
      return { number: 1, status: 'active' };
    });
    const declared = declareParameters(searchParameterTables()).map(({ type, code }) => `${type}.${code}`);
    assert.deepEqual(declared.sort(), asked.sort());
  });

  it('changes the hash with what decides the rows, and with nothing else', () => {
    const [own] = declareParameters([ownParameter('Patient.name')]);
    const hash = (table: SearchParameterTable) => declareParameters([table])[0]?.hash;
    assert.equal(hash({ ...ownParameter('Patient.name'), description: 'other words' }), own?.hash);
    assert.notEqual(hash(ownParameter('Patient.name.family')), own?.hash);
    assert.notEqual(hash({ ...ownParameter('Patient.name'), type: 'token' }), own?.hash);
  });
});

const ownParameter = (expression: string): SearchParameterTable => ({
  url: 'http://acme.org/SearchParameter/own',
  code: 'own',
  type: 'string',
  base: ['Patient'],
  description: '',
  expression,
});
