import { strict as assert } from 'node:assert';
import fc from 'fast-check';
import { parseJson } from '../../resources/json.ts';
import { FhirError } from '../../resources/outcome.ts';
import { readXml, writeXml } from '../../resources/xml.ts';

const START = '<?xml version="1.0" encoding="UTF-8"?><Patient xmlns="http://hl7.org/fhir">';
const patient = (content: object) => writeXml({ resourceType: 'Patient', ...content });
const inside = (xml: string) => xml.slice(START.length, -'</Patient>'.length);

// https://hl7.org/fhir/R4/xml.html
describe('writing XML', () => {
  for (const { what, content, xml } of [
    {
      what: 'elements in the order of the definition',
      content: { birthDate: '1961', name: [{ given: ['a', 'b'], family: 'c' }], active: false, id: 'p' },
      xml: '<id value="p"/><active value="false"/><name><family value="c"/><given value="a"/><given value="b"/></name><birthDate value="1961"/>',
    },
    {
      what: 'id and extensions of primitives',
      content: { _birthDate: { id: 'b', extension: [{ url: 'urn:t', valueInteger: 0 }] }, birthDate: '1961' },
      xml: '<birthDate id="b" value="1961"><extension url="urn:t"><valueInteger value="0"/></extension></birthDate>',
    },
    {
      what: 'primitives that only have extensions',
      content: { _gender: { extension: [{ url: 'urn:a', valueCode: 'unknown' }] } },
      xml: '<gender><extension url="urn:a"><valueCode value="unknown"/></extension></gender>',
    },
    {
      what: 'arrays with nulls',
      content: {
        name: [{ given: ['a', null, 'c'], _given: [null, { id: '2' }, { id: '3' }] }, { _given: [{ id: '1' }] }],
      },
      xml: '<name><given value="a"/><given id="2"/><given id="3" value="c"/></name><name><given id="1"/></name>',
    },
    {
      what: 'ids of elements as attributes',
      content: { contact: [{ id: 'c', gender: 'other', extension: [{ id: 'e', url: 'urn:e', valueBoolean: true }] }] },
      xml: '<contact id="c"><extension id="e" url="urn:e"><valueBoolean value="true"/></extension><gender value="other"/></contact>',
    },
    {
      what: 'contained resources, narrative and choices',
      content: {
        deceasedDateTime: '2020',
        contained: [{ resourceType: 'Basic', id: 'b', code: { text: 'x' } }],
        text: { div: '<div xmlns="http://www.w3.org/1999/xhtml"><p>a &amp; b</p></div>', status: 'generated' },
      },
      xml:
        '<text><status value="generated"/><div xmlns="http://www.w3.org/1999/xhtml"><p>a &amp; b</p></div></text>' +
        '<contained><Basic><id value="b"/><code><text value="x"/></code></Basic></contained><deceasedDateTime value="2020"/>',
    },
    {
      what: 'characters that XML would read otherwise',
      content: { name: [{ text: '<a href="x">\t\n\r&\' é😀\u0085</a>' }] },
      xml: '<name><text value="&lt;a href=&quot;x&quot;&gt;&#9;&#10;&#13;&amp;\' é😀\u0085&lt;/a&gt;"/></name>',
    },
  ]) {
    it(what, () => {
      assert.equal(inside(patient(content)), xml);
      assert.equal(writeXml(readXml(patient(content))), patient(content));
    });
  }

  it('an empty resource', () => assert.equal(patient({}), START.replace(/>$/, '/>')));

  it('the digits of decimals', () => {
    const text =
      '{"resourceType":"MolecularSequence","coordinateSystem":0,"quality":[{"type":"snp","score":{"value":1.00},"roc":{"precision":[1.0,1e2]}}]}';
    const xml = writeXml(parseJson(text) as object);
    assert.match(
      xml,
      /<score><value value="1.00"\/><\/score><roc><precision value="1.0"\/><precision value="1e2"\/><\/roc>/,
    );
  });

  it('prettily, and reads the same', () => {
    const maria = {
      resourceType: 'Patient',
      contained: [{ resourceType: 'Basic', id: 'b' }],
      text: { status: 'generated', div: '<div xmlns="http://www.w3.org/1999/xhtml">\n<p>x</p></div>' },
      name: [{ given: ['Maria'], _given: [{ extension: [{ url: 'urn:x', valueCode: 'y' }] }] }],
    } as const;
    const pretty = writeXml(maria, { pretty: true });
    assert.equal(
      pretty,
      `<?xml version="1.0" encoding="UTF-8"?>
<Patient xmlns="http://hl7.org/fhir">
  <text>
    <status value="generated"/>
    <div xmlns="http://www.w3.org/1999/xhtml">
<p>x</p></div>
  </text>
  <contained>
    <Basic>
      <id value="b"/>
    </Basic>
  </contained>
  <name>
    <given value="Maria">
      <extension url="urn:x">
        <valueCode value="y"/>
      </extension>
    </given>
  </name>
</Patient>
`,
    );
    assert.deepEqual(readXml(pretty), readXml(writeXml(maria)));
  });

  describe('refuses by name what it cannot write', () => {
    for (const { what, content, expression, says } of [
      {
        what: 'an unknown element',
        content: { name: [{}, { nmae: 'x' }] },
        expression: 'Patient.name[1].nmae',
        says: /Patient.name\[1\].nmae is not an element of HumanName in R4/,
      },
      {
        what: 'an unknown resource type',
        content: { contained: [{ resourceType: 'Transport' }] },
        expression: 'Patient.contained[0]',
        says: /resourceType "Transport", which R4 does not have/,
      },
      {
        what: 'a string for a boolean',
        content: { active: 'true' },
        expression: 'Patient.active',
        says: /has to be a boolean, not "true"/,
      },
      {
        what: 'one value for a list',
        content: { name: { text: 'x' } },
        expression: 'Patient.name',
        says: /has to be an array/,
      },
      {
        what: 'a list for one value',
        content: { birthDate: ['1961'] },
        expression: 'Patient.birthDate',
        says: /has to be a string, not \["1961"\]/,
      },
      {
        what: 'a string for an object',
        content: { maritalStatus: 'M' },
        expression: 'Patient.maritalStatus',
        says: /has to be an object/,
      },
      {
        what: 'nothing in a list',
        content: { name: [{ given: [null] }] },
        expression: 'Patient.name[0].given[0]',
        says: /has neither a value nor an id or extension/,
      },
      {
        what: 'comments of DSTU',
        content: { birthDate: '1961', _birthDate: { fhir_comments: ['x'] } },
        expression: 'Patient.birthDate.fhir_comments',
        says: /is not an element of date/,
      },
      {
        what: 'a value in a companion',
        content: { _birthDate: { value: 'x' } },
        expression: 'Patient.birthDate.value',
        says: /is not an element of date/,
      },
      {
        what: 'a control character',
        content: { name: [{ family: 'a\u0001b' }] },
        expression: 'Patient.name[0].family',
        says: /contains the character U\+0001, which XML cannot hold/,
      },
      {
        what: 'half a surrogate pair',
        content: { name: [{ family: 'a\ud83db' }] },
        expression: 'Patient.name[0].family',
        says: /the character U\+D83D/,
      },
      {
        what: 'a control character in an attribute',
        content: { contact: [{ id: '\u0000' }] },
        expression: 'Patient.contact[0].id',
        says: /U\+0000/,
      },
      {
        what: 'broken narrative',
        content: { text: { status: 'generated', div: '<div><p></div>' } },
        expression: 'Patient.text.div',
        says: /is not XHTML that can stand in XML: unexpected close tag/,
      },
    ]) {
      it(what, () => {
        assert.throws(
          () => patient(content),
          (error) => {
            assert.ok(error instanceof FhirError);
            assert.equal(error.status, 422);
            assert.match(error.message, says);
            assert.deepEqual(error.issues[0]?.expression, [expression]);
            return true;
          },
        );
      });
    }

    it('what is no resource', () => {
      assert.throws(() => writeXml({}), { status: 422, message: /the content has the resourceType undefined/ });
      assert.throws(() => writeXml([]), { status: 422, message: /the content has to be a resource/ });
    });
  });

  it('answers content of any shape with XML that reads back, or with a FhirError', () => {
    const shape = fc.object({
      key: fc.constantFrom(
        'id',
        'url',
        'extension',
        'name',
        'given',
        '_given',
        'text',
        'div',
        'contained',
        'resourceType',
        'active',
        'x',
      ),
      values: [
        fc.string({ unit: 'binary' }),
        fc.constantFrom('Patient', '<div>a</div>', true, 1, null, Number.NaN, undefined),
      ],
      withNullPrototype: true,
    });
    fc.assert(
      fc.property(shape, (content) => {
        try {
          const xml = writeXml({ ...content, resourceType: 'Patient' });
          assert.equal(writeXml(readXml(xml)), xml);
        } catch (error) {
          assert.ok(error instanceof FhirError && error.status < 500, String(error));
        }
      }),
      { numRuns: 2000 },
    );
  });
});
