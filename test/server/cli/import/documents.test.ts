import { strict as assert } from 'node:assert';
import { documentsOf } from '../../../../server/cli/import/documents.ts';

/** The text in pieces of `size` bytes. */
async function* pieces(text: string, size: number): AsyncGenerator<Buffer> {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += size) yield Buffer.from(bytes.subarray(at, at + size));
}

async function read(text: string, size = 7) {
  const found: [record: number, part: number, line: number, text: string | undefined][] = [];
  for await (const { record, part, line, bytes } of documentsOf(pieces(text, size)))
    found.push([record, part, line, bytes?.toString()]);
  return found;
}

const keller = '{"resourceType":"Patient","id":"keller","name":[{"family":"Kell\\"er} é"}]}';

describe('JSON documents', () => {
  for (const size of [1, 2, 7, 1000])
    it(`are found by their braces, whatever a string contains, in pieces of ${size} bytes`, async () => {
      assert.deepEqual(await read(`${keller}\n\n  ${keller}`, size), [
        [1, 0, 1, keller],
        [2, 0, 3, keller],
      ]);
    });

  for (const type of ['collection', 'searchset'])
    it(`give the entries of a Bundle of type ${type} one by one`, async () => {
      const bundle = `{"resourceType":"Bundle","type":"${type}","link":[{"url":"x"}],"entry":[{"resource":${keller}},\n{"fullUrl":"urn:x"}],"total":2}`;
      assert.deepEqual(await read(`${bundle}${keller}`), [
        [1, 1, 1, `{"resource":${keller}}`],
        [1, 2, 2, '{"fullUrl":"urn:x"}'],
        [2, 0, 2, keller],
      ]);
    });

  const whole = {
    'a transaction': '{"resourceType":"Bundle","type":"transaction","entry":[{}]}',
    'a List, whose entries are its own': '{"resourceType":"List","type":"collection","entry":[{"item":{}}]}',
    'a Bundle that says its type after its entries': '{"resourceType":"Bundle","entry":[{}],"type":"collection"}',
    'an array': '[{},{}]',
  };
  for (const [name, text] of Object.entries(whole))
    it(`are whole: ${name}`, async () => assert.deepEqual(await read(text), [[1, 0, 1, text]]));

  it('without an end are given as they are, for the parser to refuse', async () => {
    assert.deepEqual(await read(keller.slice(0, -1)), [[1, 0, 1, keller.slice(0, -1)]]);
    assert.deepEqual(await read('no JSON\n{}'), [[1, 0, 1, 'no JSON\n{}']]);
    assert.deepEqual(await read('} {}'), [[1, 0, 1, '} {}']]);
  });

  it('tell a list that ends between its entries', async () => {
    const text = '{"resourceType":"Bundle","type":"collection","entry":[{"a":1},\n';
    assert.deepEqual(await read(text), [
      [1, 1, 1, '{"a":1}'],
      [1, 2, 2, undefined],
    ]);
  });

  it('are none in an empty text', async () => assert.deepEqual(await read(' \n\t '), []));
});
