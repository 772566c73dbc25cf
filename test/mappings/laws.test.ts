/** The laws of every mapping: on random models, on the official examples of its type, and on the population of the demonstration. */
import { strict as assert } from 'node:assert';
import fc from 'fast-check';
import { mappings } from '../../mappings/index.ts';
import {
  changesOnlyItsElement,
  decodesWhatItEncodes,
  decodesWhatItPuts,
  putsBackWhatItDecodes,
} from '../../mappings/laws.ts';
import { lossOfDecoding } from '../../mappings/loss.ts';
import { rulesOf } from '../../mappings/mapping.ts';
import { elsewhereDefinitions } from '../../profiles/elsewhere.ts';
import { layered, packagedDefinitions } from '../../profiles/source.ts';
import { throughlineDefinitions } from '../../profiles/throughline.ts';
import { validation } from '../../server/validation.ts';
import { breakAt, conforming, examplesOf, modelsOf, RUNS } from './fixture.ts';

const { validate } = validation(
  { validation: 'reject' },
  layered(packagedDefinitions(), throughlineDefinitions(), elsewhereDefinitions()),
);

const isOfUnknown = (rule: string | undefined, severity: string): boolean =>
  severity === 'warning' && rule !== undefined && /unknown|unchecked/.test(rule);

for (const mapping of mappings)
  describe(`mapping of ${mapping.name}`, () => {
    const models = modelsOf(mapping);
    const examples = examplesOf(mapping);

    it('reads what it writes: decode(encode(m)) = m', () => {
      fc.assert(
        fc.property(models, (model) => assert.equal(decodesWhatItEncodes(mapping, model), undefined)),
        { numRuns: RUNS },
      );
    });

    it('makes models that its own schema takes', () => {
      fc.assert(
        fc.property(models, (model) => assert.deepEqual(mapping.check(model), [])),
        { numRuns: RUNS },
      );
    });

    it(`changes nothing by writing what it read: put(r, decode(r)) = r, on ${examples.length} resources`, () => {
      assert.ok(examples.length > 0);
      for (const resource of examples) assert.equal(putsBackWhatItDecodes(mapping, resource), undefined);
    });

    it('reads what it wrote over any resource: decode(put(r, m)) = m', () => {
      fc.assert(
        fc.property(fc.constantFrom(...examples), models, (resource, model) =>
          assert.equal(decodesWhatItPuts(mapping, mapping.encode(mapping.decode(resource)), model), undefined),
        ),
        { numRuns: RUNS },
      );
    });

    it('leaves alone what a field does not own, to the digit', () => {
      const fields = Object.entries(rulesOf(mapping)).filter(([, { readOnly }]) => !readOnly);
      fc.assert(
        fc.property(fc.constantFrom(...examples), models, (resource, model) => {
          for (const [field] of fields)
            assert.equal(changesOnlyItsElement(mapping, resource, field, model[field as 'id']), undefined);
        }),
        { numRuns: Math.ceil(RUNS / 10) },
      );
    });

    it('reads and writes over what is no resource of R4 without a fault', () => {
      fc.assert(
        fc.property(fc.constantFrom(...examples), models, fc.infiniteStream(fc.nat(9)), (resource, model, dice) => {
          const broken = breakAt(resource, () => dice.next().value);
          mapping.decode(broken);
          mapping.accepts(broken);
          mapping.put(broken, model);
          lossOfDecoding(mapping, broken);
        }),
        { numRuns: RUNS },
      );
    });

    it('writes what R4 and our profile take', () => {
      fc.assert(
        fc.property(models, (model) => {
          const resource = mapping.encode(conforming(mapping.name, model));
          const profiles = mapping.profile ? [mapping.profile] : [];
          // An extension that is not known is an error; of HL7's own that came after R4 it is told.
          const issues = validate(resource, { profiles, unknownExtension: 'error' });
          assert.deepEqual(
            issues.filter(
              ({ severity, rule }) => severity === 'error' || severity === 'fatal' || isOfUnknown(rule, severity),
            ),
            [],
          );
        }),
        { numRuns: Math.ceil(RUNS / 4) },
      );
    });
  });
