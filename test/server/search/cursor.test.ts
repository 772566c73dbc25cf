import { strict as assert } from 'node:assert';
import { open, type PageToken, seal } from '../../../server/search/cursor.ts';

const KEY = Buffer.alloc(32, 1);
const token: PageToken = {
  type: 'Patient',
  query: 'name=Lopez&_sort=birthdate',
  page: {
    tx: 1_792_000_000_000_000,
    direction: 'forward',
    cursor: { keys: [318_211_200_000, null, 'lopez'], rid: 42 },
  },
};

describe('a page token', () => {
  it('opens with the key that sealed it', () => assert.deepEqual(open(seal(token, KEY), KEY), token));

  it('has only characters that need no escape in a URL', () => assert.match(seal(token, KEY), /^[\w-]+$/));

  it('tells nothing, not even that two searches are the same', () => {
    const one = seal(token, KEY);
    assert.notEqual(one, seal(token, KEY));
    assert.ok(!Buffer.from(one, 'base64url').toString('latin1').includes('Lopez'));
  });

  it('does not open with another key, cut, changed, or made up', () => {
    const text = seal(token, KEY);
    const changed = `${text.slice(0, 20)}${text[20] === 'A' ? 'B' : 'A'}${text.slice(21)}`;
    assert.throws(() => open(text, Buffer.alloc(32, 2)), /_page is not a page link of this server/);
    for (const wrong of [changed, text.slice(1), text.slice(0, -4), 'abc', '', '%%%'])
      assert.throws(() => open(wrong, KEY), /_page is not a page link of this server/);
  });
});
