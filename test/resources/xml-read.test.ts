import { strict as assert } from 'node:assert';
import fc from 'fast-check';
import { stringifyJson } from '../../resources/json.ts';
import { FhirError } from '../../resources/outcome.ts';
import { locateXml, readXml } from '../../resources/xml.ts';

const NS = 'xmlns="http://hl7.org/fhir"';
const patient = (content: string) => `<Patient ${NS}>${content}</Patient>`;
const read = (xml: string) => JSON.parse(stringifyJson(readXml(xml)));

// https://hl7.org/fhir/R4/xml.html
describe('reading XML', () => {
  for (const { what, xml, json } of [
    { what: 'an empty resource', xml: `<Parameters ${NS}/>`, json: { resourceType: 'Parameters' } },
    {
      what: 'primitives by their JSON type',
      xml: patient('<active value="true"/><birthDate value="1961-04"/><multipleBirthInteger value="2"/>'),
      json: { resourceType: 'Patient', active: true, birthDate: '1961-04', multipleBirthInteger: 2 },
    },
    {
      what: 'id and extensions of a primitive',
      xml: patient(
        '<birthDate id="b" value="1961"><extension url="urn:t"><valueTime value="10:00:00"/></extension></birthDate>',
      ),
      json: {
        resourceType: 'Patient',
        birthDate: '1961',
        _birthDate: { id: 'b', extension: [{ url: 'urn:t', valueTime: '10:00:00' }] },
      },
    },
    {
      what: 'a primitive that has extensions only',
      xml: patient('<gender><extension url="urn:absent"><valueCode value="unknown"/></extension></gender>'),
      json: { resourceType: 'Patient', _gender: { extension: [{ url: 'urn:absent', valueCode: 'unknown' }] } },
    },
    {
      what: 'primitives that repeat, filled up with nulls',
      xml: patient('<name><given value="a"/><given id="2"/><given value="c"/></name>'),
      json: { resourceType: 'Patient', name: [{ given: ['a', null, 'c'], _given: [null, { id: '2' }, null] }] },
    },
    {
      what: 'primitives that repeat and have no values',
      xml: patient('<name><given id="1"/><given id="2"/></name>'),
      json: { resourceType: 'Patient', name: [{ _given: [{ id: '1' }, { id: '2' }] }] },
    },
    {
      what: 'contained resources',
      xml: patient(
        '<contained><Organization><id value="o"/></Organization></contained><contained><Basic/></contained>',
      ),
      json: {
        resourceType: 'Patient',
        contained: [{ resourceType: 'Organization', id: 'o' }, { resourceType: 'Basic' }],
      },
    },
    {
      what: 'resources of Bundle and Parameters',
      xml: `<Bundle ${NS}><entry><resource><Parameters><parameter><name value="p"/><resource><Basic/></resource></parameter></Parameters></resource></entry></Bundle>`,
      json: {
        resourceType: 'Bundle',
        entry: [
          { resource: { resourceType: 'Parameters', parameter: [{ name: 'p', resource: { resourceType: 'Basic' } }] } },
        ],
      },
    },
    {
      what: 'elements in any order',
      xml: patient(
        '<birthDate value="1961"/><name><text value="a"/></name><active value="true"/><name><text value="b"/></name>',
      ),
      json: { resourceType: 'Patient', birthDate: '1961', name: [{ text: 'a' }, { text: 'b' }], active: true },
    },
    {
      what: 'a prefix for the namespace, comments, processing instructions and schema locations',
      xml:
        '<?xml version="1.0" encoding="UTF-8"?><?a b?><!-- c --><f:Patient xmlns:f="http://hl7.org/fhir" ' +
        'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="a b">\n<!-- d --><f:active value="true"/> </f:Patient>\n',
      json: { resourceType: 'Patient', active: true },
    },
    {
      what: 'references to characters, and line feeds that stand for themselves as spaces',
      xml: patient('<name><text value="a&#10;b&#x9;&lt;&amp;&quot;&apos;&#128512;\nc"/></name>'),
      json: { resourceType: 'Patient', name: [{ text: 'a\nb\t<&"\'😀 c' }] },
    },
  ]) {
    it(what, () => assert.deepEqual(read(xml), json));
  }

  it('keeps the digits of decimals, in lists too', () => {
    const observation = `<Observation ${NS}><valueQuantity><value value="1.00"/></valueQuantity></Observation>`;
    assert.equal(stringifyJson(readXml(observation)), '{"resourceType":"Observation","valueQuantity":{"value":1.00}}');
    const sequence = `<MolecularSequence ${NS}><quality><roc><precision value="1.0"/><precision id="p"/><precision value="0.5"/></roc></quality></MolecularSequence>`;
    assert.match(stringifyJson(readXml(sequence)), /"precision":\[1\.0,null,0\.5\]/);
  });

  describe('narrative', () => {
    const div = (content: string) => patient(`<text><status value="generated"/>${content}</text>`);
    const XHTML = 'xmlns="http://www.w3.org/1999/xhtml"';
    for (const text of [
      `<div ${XHTML}/>`,
      `<div ${XHTML}>a<br/>b<br />\r\n&lt;&#160;<b class='x'>é😀</b><!-- c --><![CDATA[<]]></div >`,
      `<div ${XHTML} xml:lang="en"><div>x</div></div>`,
    ]) {
      it(`is kept as written: ${text}`, () => assert.equal(read(div(text)).text.div, text));
    }

    it('is written anew when its namespace is declared outside', () => {
      const xml = div(
        '<h:div xmlns:h="http://www.w3.org/1999/xhtml" xml:lang="en">a &amp; <h:b class="&quot;x">c</h:b><h:br/><![CDATA[<]]></h:div>',
      );
      assert.equal(read(xml).text.div, `<div ${XHTML} xml:lang="en">a &#38; <b class="&#34;x">c</b><br/>&#60;</div>`);
    });
  });

  describe('refuses with line, column and path', () => {
    for (const { what, xml, line, column, expression, says } of [
      { what: 'no text', xml: '', line: 1, column: 1, says: /document must contain a root element/ },
      { what: 'JSON', xml: '{"resourceType":"Patient"}', line: 1, column: 27, says: /text data outside of root node/ },
      {
        what: 'a root without namespace',
        xml: '<Patient/>',
        line: 1,
        column: 1,
        says: /Patient is in no namespace, and has to be in http:\/\/hl7.org\/fhir/,
      },
      {
        what: 'a root that is no resource type',
        xml: `<Pateint ${NS}/>`,
        line: 1,
        column: 1,
        says: /Pateint is not a resource type of R4; Patient is/,
      },
      { what: 'two roots', xml: `<Basic ${NS}/><Basic ${NS}/>`, line: 1, column: 44, says: /only one root/ },
      {
        what: 'an unknown element',
        xml: patient('\n <nmae/>'),
        line: 2,
        column: 2,
        expression: 'Patient.nmae',
        says: /nmae is not an element of Patient; name is/,
      },
      {
        what: 'an unknown attribute',
        xml: patient('<name use="official"/>'),
        line: 1,
        column: 38,
        expression: 'Patient.name[0]',
        says: /attribute use is not known here; expected id/,
      },
      {
        what: 'an attribute of a resource',
        xml: `<Patient ${NS} id="x"/>`,
        line: 1,
        column: 1,
        expression: 'Patient',
        says: /attribute id is not known here/,
      },
      {
        what: 'an element of another namespace',
        xml: patient('<x:name xmlns:x="urn:x"/>'),
        line: 1,
        column: 38,
        expression: 'Patient',
        says: /name is in the namespace urn:x/,
      },
      {
        what: 'a repeated element',
        xml: patient('<gender value="male"/>\n<gender value="male"/>'),
        line: 2,
        column: 1,
        expression: 'Patient.gender',
        says: /is there twice, and may be there once/,
      },
      {
        what: 'an empty primitive',
        xml: patient('<active/>'),
        line: 1,
        column: 38,
        expression: 'Patient.active',
        says: /is empty, and needs a value, an id or an extension/,
      },
      {
        what: 'an empty element',
        xml: patient('<name><given value="a"/></name><name/>'),
        line: 1,
        column: 69,
        expression: 'Patient.name[1]',
        says: /is empty, and needs at least one element/,
      },
      {
        what: 'text between elements',
        xml: patient('x'),
        line: 1,
        column: 39,
        expression: 'Patient',
        says: /the text "x" stands where only elements may/,
      },
      {
        what: 'a value that is no boolean',
        xml: patient('<active value="1"/>'),
        line: 1,
        column: 38,
        expression: 'Patient.active',
        says: /"1" is not true or false/,
      },
      {
        what: 'a value that is no integer',
        xml: patient('<multipleBirthInteger value="2.0"/>'),
        line: 1,
        column: 38,
        expression: 'Patient.multipleBirthInteger',
        says: /"2.0" is not of type integer/,
      },
      {
        what: 'an empty holder of a resource',
        xml: patient('<contained/>'),
        line: 1,
        column: 38,
        expression: 'Patient.contained[0]',
        says: /has to hold a resource/,
      },
      {
        what: 'two resources in one place',
        xml: patient('<contained><Basic/><Basic/></contained>'),
        line: 1,
        column: 57,
        expression: 'Patient.contained[0]',
        says: /only one resource may stand here/,
      },
      {
        what: 'an unknown contained resource',
        xml: patient('<contained><Foo/></contained>'),
        line: 1,
        column: 49,
        expression: 'Patient.contained[0]',
        says: /Foo is not a resource type/,
      },
      {
        what: 'a DOCTYPE',
        xml: `<!DOCTYPE Patient [<!ENTITY a "b">]>${patient('')}`,
        line: 1,
        column: 37,
        says: /DOCTYPE is not allowed/,
      },
      {
        what: 'an entity',
        xml: patient('<gender value="&file;"/>'),
        line: 1,
        column: 59,
        expression: 'Patient',
        says: /undefined entity/,
      },
      {
        what: 'a tag that is not closed',
        xml: `<Patient ${NS}>`,
        line: 1,
        column: 38,
        expression: 'Patient',
        says: /unclosed tag: Patient/,
      },
      {
        what: 'a character that XML does not allow',
        xml: `<?xml version="1.1"?>${patient('<gender value="&#1;"/>')}`,
        line: 1,
        column: 78,
        expression: 'Patient',
        says: /malformed character entity/,
      },
      {
        what: 'another encoding',
        xml: `<?xml version="1.0" encoding="ISO-8859-1"?>${patient('')}`,
        line: 1,
        column: 44,
        says: /its encoding is ISO-8859-1; FHIR is written in UTF-8/,
      },
      {
        what: 'a narrative in the wrong namespace',
        xml: patient('<text><div>x</div></text>'),
        line: 1,
        column: 44,
        expression: 'Patient.text',
        says: /div is in the namespace http:\/\/hl7.org\/fhir, and has to be in http:\/\/www.w3.org\/1999\/xhtml/,
      },
    ]) {
      it(what, () => {
        assert.throws(
          () => readXml(xml),
          (error) => {
            assert.ok(error instanceof FhirError);
            assert.equal(error.status, 400);
            assert.match(error.message, says);
            assert.deepEqual(error.issues[0]?.location, { line, column });
            assert.deepEqual(error.issues[0]?.expression?.[0], expression);
            return true;
          },
        );
      });
    }

    it('deep nesting, of elements and in the narrative', () => {
      const deep = patient('<extension url="a">'.repeat(100_000));
      assert.throws(() => readXml(deep), /nested deeper than 100/);
      const div = patient(`<text><div xmlns="http://www.w3.org/1999/xhtml">${'<b>'.repeat(100_000)}`);
      assert.throws(() => readXml(div), /nested deeper than 100/);
    });
  });

  it('answers any damage with a FhirError, soon', () => {
    const whole = patient(
      '<id value="p"/><text><status value="generated"/><div xmlns="http://www.w3.org/1999/xhtml"><p>x &amp; y</p></div></text>' +
        '<contained><Organization><id value="o"/></Organization></contained><extension url="urn:x"><valueDecimal value="1.00"/></extension>' +
        '<active value="true"/><name><given value="a"/><given id="g"><extension url="urn:y"><valueCode value="z"/></extension></given></name>',
    );
    const pieces = [
      '<',
      '>',
      '/',
      '"',
      '&',
      ']]>',
      '<![CDATA[',
      '<!--',
      '<?',
      'xmlns=""',
      'xmlns:f="x"',
      'f:',
      '\u0000',
      '\ud800',
      ' ',
      '<name>',
      '</name>',
      'é',
    ];
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(whole.length), fc.nat(12), fc.constantFrom(...pieces)), {
          minLength: 1,
          maxLength: 4,
        }),
        (damages) => {
          const damaged = damages.reduce(
            (text, [at, length, piece]) => text.slice(0, at) + piece + text.slice(at + length),
            whole,
          );
          try {
            assert.equal(typeof stringifyJson(readXml(damaged)), 'string');
          } catch (error) {
            assert.ok(error instanceof FhirError && error.status === 400, String(error));
          }
        },
      ),
      { numRuns: 2000 },
    );
  });

  // Each of these takes milliseconds as long as nothing in the reader is quadratic, and hours otherwise.
  it('reads long and hostile texts', () => {
    const attributes = Array.from({ length: 20_000 }, (_, index) => ` a${index}="x"`).join('');
    const namespaces = Array.from({ length: 20_000 }, (_, index) => ` xmlns:a${index}="urn:${index}"`).join('');
    for (const xml of [
      `<Patient ${NS}${attributes}/>`,
      `<Patient ${NS}${namespaces}>${'<name><text value="a"/></name>'.repeat(10_000)}</Patient>`,
      patient('<name><text value="a"/></name>'.repeat(50_000)),
      patient(`<name>${'<given value="a"/>'.repeat(50_000)}<given id="x"/></name>`),
      `${'<!-- x -->'.repeat(50_000)}${patient('')}`,
      `<Patient ${NS}>${' '.repeat(1_000_000)}x`,
      patient('<'.repeat(100_000)),
    ]) {
      try {
        readXml(xml);
      } catch (error) {
        assert.ok(error instanceof FhirError);
      }
    }
  });
});

describe('the position of an element in an XML text', () => {
  const xml = `<Observation ${NS}>
  <contained><Patient>
    <active value="true"/>
  </Patient></contained>
  <status value="final"/>
  <valueQuantity><value value="1"/></valueQuantity>
  <component>
    <code><text value="a"/></code>
  </component>
  <component id="b"/>
</Observation>`;
  for (const [expression, line, column] of [
    ['Observation', 1, 1],
    ['Observation.status', 5, 3],
    ['Observation.value.value', 6, 18],
    ['Observation.value.ofType(Quantity)', 6, 3],
    ['Observation.component[0].code.text', 8, 11],
    ['Observation.component[1].id', 10, 3],
    ['Observation.contained[0].active', 3, 5],
    ['Observation.subject', 1, 1],
  ] as const) {
    it(`${expression} is at ${line}:${column}`, () => assert.deepEqual(locateXml(xml, expression), { line, column }));
  }

  it('is unknown for expressions that are no simple path, and in text that is no resource', () => {
    assert.equal(locateXml(xml, 'Observation.component.first()'), undefined);
    assert.equal(locateXml('<a/>', 'Observation.status'), undefined);
  });
});
