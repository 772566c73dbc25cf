import { strict as assert } from 'node:assert';
import fc from 'fast-check';
import {
  copy,
  decodeUtf8,
  keepNumeral,
  locate,
  NUMERALS,
  numeralOf,
  parseJson,
  stringifyJson,
} from '../../resources/json.ts';
import { MAX_DEPTH } from '../../resources/json-reader.ts';
import { FhirError } from '../../resources/outcome.ts';

const failure = (text: string): FhirError => {
  try {
    parseJson(text);
  } catch (error) {
    if (error instanceof FhirError) return error;
    throw error;
  }
  return assert.fail(`${text.slice(0, 80)} was read`);
};

const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth);

describe('JSON', () => {
  // https://hl7.org/fhir/R4/datatypes.html#decimal : "The precision of the decimal value has significance"
  describe('keeps the digits of decimals', () => {
    for (const digits of [
      '1.00',
      '1.0',
      '0.00',
      '-0',
      '-0.0',
      '1e2',
      '1E+2',
      '1E-7',
      '0.0000001',
      '12345678901234567890',
      '0.12345678901234567890',
      '1e21',
    ]) {
      it(digits, () => {
        const value = parseJson(`{"value":${digits},"unit":"mg"}`);
        assert.equal(numeralOf(value as object, 'value'), digits);
        assert.equal(stringifyJson(value), `{"value":${digits},"unit":"mg"}`);
        assert.equal(
          stringifyJson({ ...(value as object), code: 'mg' }),
          `{"value":${digits},"unit":"mg","code":"mg"}`,
        );
        assert.equal(stringifyJson(copy(value)), stringifyJson(value));
      });
    }

    it('in arrays (MolecularSequence.quality.roc.precision), with white space around', () => {
      assert.equal(stringifyJson(parseJson('{ "precision" : [ 1.00 , 0.5, 2.0 ] }')), '{"precision":[1.00,0.5,2.0]}');
    });

    it('beside texts that look like properties', () => {
      for (const text of [
        String.raw`{"text":"item 9 is above \"not at all\": 2.0","value":1.0}`,
        String.raw`{"text":"\\\":1.50","a\\":2.50,"b\"":[":",":1.0"]}`,
      ])
        assert.equal(stringifyJson(parseJson(text)), text);
    });

    it('and leaves numbers that JavaScript writes the same way alone', () => {
      const value = parseJson('{"value":1.5,"other":[{"value":-3}, {"value":0.000001}, {"value": 123456789012345}]}');
      assert.deepEqual(Reflect.ownKeys(value as object), ['value', 'other']);
    });

    it('until the number changes', () => {
      const value = parseJson('{"value":1.00}') as { value: number };
      assert.equal(stringifyJson({ ...value, value: 2 }), '{"value":2}');
      assert.equal(JSON.stringify(value), '{"value":1}');
      assert.deepEqual(Object.keys(value), ['value']);
    });

    it('that a program sets', () => {
      const quantity = { value: 3 };
      keepNumeral(quantity, 'value', '3.10');
      assert.equal(stringifyJson(quantity), '{"value":3}');
      quantity.value = 3.1;
      assert.equal(stringifyJson(quantity), '{"value":3.10}');
    });

    it('and copies share nothing with the original', () => {
      const value = parseJson('{"a":{"value":1.0}}') as { a: { value: number; [NUMERALS]?: object } };
      const other = copy(value);
      assert.deepEqual(other, value);
      assert.notEqual(other.a, value.a);
      assert.notEqual(other.a[NUMERALS], value.a[NUMERALS]);
    });
  });

  describe('refuses, with line, column and reason', () => {
    for (const { text, line, column, says } of [
      { text: '', line: 1, column: 1, says: /expected a value, found the end of the text/ },
      { text: '{"a":1,\n "b" 2}', line: 2, column: 6, says: /expected a colon after the property name "b", found "2"/ },
      { text: '{"a":1,\n}', line: 2, column: 1, says: /expected a property name in double quotes, found "}"/ },
      { text: "{'a':1}", line: 1, column: 2, says: /property name in double quotes, found "'"/ },
      {
        text: '{"a":1 "b":2}',
        line: 1,
        column: 8,
        says: /expected a comma or the end of the object, found a double quote/,
      },
      { text: '["a" "b"]', line: 1, column: 6, says: /expected a comma or the end of the array/ },
      { text: '{"a":tru}', line: 1, column: 6, says: /expected a value, found "tru"/ },
      { text: '{"a":01}', line: 1, column: 6, says: /expected a value, found "01"/ },
      { text: '{"a":1.}', line: 1, column: 6, says: /expected a value, found "1."/ },
      { text: '{"a":NaN}', line: 1, column: 6, says: /expected a value, found "NaN"/ },
      { text: '{"a":"x', line: 1, column: 6, says: /the string that begins here has no end/ },
      {
        text: '{"a":"x\ny"}',
        line: 1,
        column: 8,
        says: /control character inside a string has to be written as \\u000a/,
      },
      { text: '{"a":"\\x"}', line: 1, column: 7, says: /is not an escape of JSON/ },
      { text: '{} {}', line: 1, column: 4, says: /expected the end of the text, found "{"/ },
      { text: '{"a":1e999}', line: 1, column: 6, says: /1e999 is larger than this server can hold/ },
      {
        text: '{"resourceType":"Patient","name":[{"family":"Roe",\n"family":"Doe"}]}',
        line: 2,
        column: 1,
        says: /Patient.name\[0\].family: the property "family" is there twice/,
      },
      { text: '{"a":{"__proto__":{"admin":true}}}', line: 1, column: 7, says: /"__proto__" is not allowed/ },
      { text: '{"\\u005f_proto__":1}', line: 1, column: 2, says: /"__proto__" is not allowed/ },
      { text: nested(MAX_DEPTH + 1), line: 1, column: MAX_DEPTH + 1, says: /nested deeper than 100/ },
    ]) {
      it(JSON.stringify(text.slice(0, 60)), () => {
        const { status, issues } = failure(text);
        assert.equal(status, 400);
        assert.deepEqual(issues[0]?.location, { line, column });
        assert.match(issues[0]?.diagnostics ?? '', says);
      });
    }

    it('a million brackets, without overflowing the stack', () => {
      assert.match(failure(nested(1_000_000)).message, /nested deeper/);
      assert.match(failure('{"a":'.repeat(1_000_000)).message, /nested deeper/);
      assert.match(failure('['.repeat(1_000_000)).message, /nested deeper/);
    });

    it('naming the element in its expression', () => {
      const error = failure('{"resourceType":"Patient","name":[{"given":["Maria", x]}]}');
      assert.deepEqual(error.issues[0]?.expression, ['Patient.name[0].given[1]']);
    });
  });

  it('refuses a property that is there twice beside texts that look like one', () => {
    for (const text of [
      String.raw`{"text":"\"text\": a","text":"b"}`,
      String.raw`{"a\\":1,"a\\":2,"text":"\":"}`,
      String.raw`{"a\"":1,"a\"":2}`,
    ])
      assert.match(failure(text).message, /is there twice/);
  });

  it('reads up to the limit of nesting, empty containers, escapes, and lone surrogates as they are', () => {
    assert.deepEqual(parseJson(nested(MAX_DEPTH)), JSON.parse(nested(MAX_DEPTH)));
    for (const text of [
      '{}',
      '[]',
      ' null ',
      '"a\\u00e9\\n\\"\\\\"',
      '{"a":"\\ud800","value":1.0}',
      '{"a":":","b":"\\":1.0"}',
    ]) {
      assert.deepEqual(copy(parseJson(text)), parseJson(text));
      assert.equal(JSON.stringify(parseJson(text)), JSON.stringify(JSON.parse(text)));
    }
  });

  it('prints prettily as JSON.stringify does, with digits', () => {
    const text = JSON.stringify({ a: [], b: {}, c: [1, { d: 'x' }], value: 0.5 }, null, 2);
    assert.equal(stringifyJson(parseJson(text), { pretty: true }), text);
    const precise = text.replace('0.5', '0.50');
    assert.equal(stringifyJson(parseJson(precise), { pretty: true }), precise);
    assert.equal(stringifyJson({ a: undefined, value: 1, [NUMERALS]: { value: '1.0' } }), '{"value":1.0}');
  });

  describe('properties', () => {
    const digits = fc.oneof(
      fc.double({ noDefaultInfinity: true, noNaN: true }).map(String),
      fc.tuple(fc.integer(), fc.stringMatching(/^[0-9]{1,25}$/)).map(([whole, fraction]) => `${whole}.${fraction}`),
      fc.tuple(fc.integer(), fc.integer({ min: -20, max: 20 })).map(([whole, exponent]) => `${whole}e${exponent}`),
    );
    const { text: anyText } = fc.letrec<{ text: string; object: string }>((tie) => ({
      text: fc.oneof(
        { depthSize: 'small' },
        fc.constantFrom('true', 'false', 'null'),
        fc.string({ unit: 'binary' }).map((value) => JSON.stringify(value)),
        digits,
        fc.array(tie('text')).map((items) => `[${items.join(',')}]`),
        tie('object'),
      ),
      object: fc
        .dictionary(
          fc.string().filter((name) => name !== '__proto__' && !/^\d+$/.test(name)),
          tie('text'),
        )
        .map((members) => `{${Object.entries(members).map(([name, text]) => `${JSON.stringify(name)}:${text}`)}}`),
    }));

    it('any JSON text comes back digit by digit', () => {
      fc.assert(
        fc.property(fc.array(anyText), (items) => {
          const text = `{"items":[${items}]}`;
          assert.equal(stringifyJson(parseJson(text)), text);
          assert.deepEqual(parseJson(stringifyJson(parseJson(text), { pretty: true })), parseJson(text));
        }),
      );
    });

    it('text that is damaged is read as JSON.parse reads it, or refused with a place', () => {
      const damaged = fc.tuple(anyText, fc.nat(), fc.constantFrom('"', '{', ']', ',', ':', '\\', '0', '-', '\n', ''));
      fc.assert(
        fc.property(damaged, ([text, place, insert]) => {
          const at = place % (text.length + 1);
          const broken = text.slice(0, at) + insert + text.slice(at + 1);
          let value: unknown;
          try {
            value = parseJson(broken);
          } catch (error) {
            assert.ok(error instanceof FhirError && error.status === 400 && error.issues[0]?.location, String(error));
            return;
          }
          assert.equal(JSON.stringify(value), JSON.stringify(JSON.parse(broken)));
        }),
      );
    });
  });
});

describe('the position of an element in a JSON text', () => {
  const text = `{
  "resourceType": "Observation",
  "_status": { "id": "s" },
  "valueQuantity": { "value": 1.0 },
  "component": [
    { "valueString": "x" },
    { "code": { "text": "y" } }
  ]
}`;
  for (const [expression, line, column] of [
    ['Observation', 1, 1],
    ['Observation.status', 3, 14],
    ['Observation.value', 4, 20],
    ['Observation.value.ofType(Quantity).value', 4, 31],
    ['Observation.valueQuantity.value', 4, 31],
    ['Observation.component', 5, 16],
    ['Observation.component[1]', 7, 5],
    ['Observation.component[1].code.text', 7, 25],
    ['component[0].value', 6, 22],
    // What is not there is where it would be.
    ['Observation.component[1].code.coding[0].system', 7, 15],
    ['Observation.component[7].code', 5, 16],
    ['Observation.subject', 1, 1],
  ] as const) {
    it(`${expression} is at ${line}:${column}`, () => assert.deepEqual(locate(text, expression), { line, column }));
  }

  it('is unknown for expressions that are no simple path, and in text that is no JSON', () => {
    assert.equal(locate(text, "Observation.component.where(code='x')"), undefined);
    assert.equal(locate('{', 'Observation.status'), undefined);
  });
});

describe('UTF-8', () => {
  it('is decoded without its byte order mark', () => {
    assert.equal(decodeUtf8(Buffer.from('\uFEFF{"a":"é€😀\uFFFD"}')), '{"a":"é€😀\uFFFD"}');
  });

  for (const { bytes, offset, byte } of [
    { bytes: [0x61, 0xff], offset: 1, byte: 'FF' },
    { bytes: [0xc3], offset: 0, byte: 'C3' },
    { bytes: [0xef, 0xbf, 0xbd, 0xc3, 0xa9, 0xe2, 0x82, 0x41], offset: 5, byte: 'E2' },
    { bytes: [0xef, 0xbb, 0xbf, 0x61, 0x80], offset: 4, byte: '80' },
    { bytes: [0xed, 0xa0, 0x80], offset: 0, byte: 'ED' },
  ]) {
    it(`that is broken at byte ${offset} is refused with the offset`, () => {
      assert.throws(() => decodeUtf8(Uint8Array.from(bytes)), {
        status: 400,
        message: `the body is not UTF-8: byte 0x${byte} at offset ${offset} does not belong to a character`,
      });
    });
  }
});
