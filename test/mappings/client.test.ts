/** A hospital's Patient, edited by a practice: what the practice does not speak of stays as it is, to the digit. */
import { strict as assert } from 'node:assert';
import { client } from '../../mappings/client.ts';
import type { Client } from '../../mappings/model.ts';
import { parseJson, stringifyJson } from '../../resources/json.ts';
import type { AnyResource } from '../../resources/types.ts';
import { hospitalPatient } from './hospital-patient.ts';

const read = (): AnyResource => parseJson(hospitalPatient) as unknown as AnyResource;

const edited = (change: (model: Client) => Client): string =>
  stringifyJson(client.put(read(), change(client.decode(read()))));

describe('a Patient of a hospital', () => {
  it('is a client in our words', () => {
    const { name, legalName, recordNumber, identifiers, phones, sex, bornOn } = client.decode(read());
    assert.deepEqual(
      { name, legalName, recordNumber, identifiers: identifiers?.length, phones, sex, bornOn },
      {
        name: 'Mari',
        legalName: { given: ['María', 'José'], family: 'García' },
        recordNumber: 'PV-000017',
        identifiers: 4,
        phones: [
          { number: '+1 602-555-0100', use: 'mobile' },
          { number: '+1 602-555-0101', use: 'work' },
        ],
        sex: 'female',
        bornOn: '1979-03',
      },
    );
  });

  it('has one telephone number that differs after an edit of the telephone number', () => {
    const text = edited((model) => ({
      ...model,
      phones: (model.phones ?? []).map((each) =>
        each.use === 'mobile' ? { ...each, number: '+1 602-555-0199' } : each,
      ),
    }));
    assert.equal(text, hospitalPatient.replace('+1 602-555-0100', '+1 602-555-0199'));
  });

  it('keeps its other telecoms when all phones go', () => {
    const { telecom } = JSON.parse(edited(({ phones: _, ...model }) => model)) as { telecom: { system: string }[] };
    assert.deepEqual(
      telecom.map(({ system }) => system),
      ['fax', 'email'],
    );
  });

  it('keeps the extension of a given name when another is added', () => {
    const text = edited((model) => ({ ...model, legalName: { ...model.legalName, given: ['Ana', 'María', 'José'] } }));
    const [{ given, _given }] = (JSON.parse(text) as { name: [{ given: string[]; _given: unknown[] }] }).name;
    assert.deepEqual(given, ['Ana', 'María', 'José']);
    assert.deepEqual(_given, [null, { id: 'first-name' }, null]);
  });

  it('gets our extension beside its own, and loses it without a trace', () => {
    const tiered = client.put(read(), { ...client.decode(read()), riskTier: 'high' });
    assert.equal((tiered.extension as unknown[]).length, 3);
    const { riskTier: _, ...model } = client.decode(tiered);
    assert.equal(stringifyJson(client.put(tiered, model)), hospitalPatient);
  });
});
