import { strict as assert } from 'node:assert';
import { htmlEntities } from '../../resources/html-entities.ts';
import { narrativeXml } from '../../resources/narrative.ts';

const NS = 'xmlns="http://www.w3.org/1999/xhtml"';

// https://hl7.org/fhir/R4/narrative.html
describe('the narrative in XML', () => {
  for (const { what, div, xml } of [
    {
      what: 'is kept as it is',
      div: `<div ${NS}>a<br/>&#160;&lt;<!-- c --></div>`,
      xml: `<div ${NS}>a<br/>&#160;&lt;<!-- c --></div>`,
    },
    { what: 'gets its namespace', div: '<div class="a"><p>x</p></div>', xml: `<div ${NS} class="a"><p>x</p></div>` },
    { what: 'has no white space around', div: ` \n<div ${NS}/>\n`, xml: `<div ${NS}/>` },
    {
      what: 'has numbers for the named characters of HTML',
      div: `<div ${NS}>a&nbsp;&mdash;&amp;</div>`,
      xml: `<div ${NS}>a&#160;&#8212;&amp;</div>`,
    },
  ]) {
    it(what, () => assert.deepEqual(narrativeXml(div), { xml }));
  }

  for (const { what, div, problem } of [
    { what: 'text', div: 'x', problem: /has to begin with <div/ },
    { what: 'another element', div: `<divx ${NS}/>`, problem: /outermost element has to be div, not divx/ },
    { what: 'two elements', div: `<div ${NS}/><div ${NS}/>`, problem: /only one root/ },
    { what: 'text behind it', div: `<div ${NS}/>x`, problem: /text data outside of root node/ },
    { what: 'tags of HTML that XML wants closed', div: `<div ${NS}><br></div>`, problem: /unexpected close tag/ },
    { what: 'a character nobody knows', div: `<div ${NS}>&foo;</div>`, problem: /undefined entity/ },
    { what: 'another namespace', div: '<div xmlns="urn:x"/>', problem: /div is in the namespace "urn:x"/ },
    {
      what: 'another namespace inside',
      div: `<div ${NS}><x xmlns="http://hl7.org/fhir"/></div>`,
      problem: /x is in the namespace "http:\/\/hl7.org\/fhir"/,
    },
    { what: 'a control character', div: `<div ${NS}>\u0001</div>`, problem: /disallowed character/ },
    { what: 'an end of the document', div: `<div ${NS}></div></text><name/>`, problem: /text data|unmatched|close/ },
    { what: 'endless nesting', div: `<div ${NS}>${'<b>'.repeat(1000)}`, problem: /nested deeper than 100/ },
  ]) {
    it(`is refused with ${what}`, () => assert.match(narrativeXml(div).problem ?? '', problem));
  }
});

it('HTML names 248 characters that XML does not', () => {
  assert.equal(htmlEntities.size, 248);
  for (const [name, code] of [
    ['nbsp', 160],
    ['yuml', 255],
    ['OElig', 338],
    ['euro', 8364],
    ['diams', 9830],
  ] as const)
    assert.equal(htmlEntities.get(name), code);
});
