/**
 * Page links: everything that the next page needs, sealed into one opaque token. The server keeps no state, so a link never expires;
 * the token is encrypted, so a link that ends up in a log or a browser's history tells nobody who was searched for.
 */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { invalid } from '../../resources/outcome.ts';
import type { ResourceType } from '../../resources/types.ts';
import type { Compartment, Page } from './query.ts';

/** The search of the first page and the place in its walk. */
export interface PageToken {
  readonly type?: ResourceType;
  readonly compartment?: Compartment;
  /** The parameters that were carried out, as a query string. */
  readonly query: string;
  readonly page: Page;
}

const ALGORITHM = 'aes-256-gcm';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
/** Bound into every token; a change of the content's form gets another name. */
const FORM = Buffer.from('throughline-page-1');
/** More than any query that parse.ts accepts, and a bound on what a token can make us inflate. */
const MAX_CONTENT = 4_000_000;

/** The token as text for a URL. */
export function seal(token: PageToken, key: Uint8Array): string {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv(ALGORITHM, key, nonce).setAAD(FORM);
  const content = deflateRawSync(JSON.stringify(token));
  return Buffer.concat([nonce, cipher.update(content), cipher.final(), cipher.getAuthTag()]).toString('base64url');
}

/** @throws FhirError invalid, when the text is not a token that `seal` made with this key */
export function open(text: string, key: Uint8Array): PageToken {
  try {
    const bytes = Buffer.from(text, 'base64url');
    const nonce = bytes.subarray(0, NONCE_BYTES);
    const decipher = createDecipheriv(ALGORITHM, key, nonce, { authTagLength: TAG_BYTES })
      .setAAD(FORM)
      .setAuthTag(bytes.subarray(-TAG_BYTES));
    const content = Buffer.concat([decipher.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES)), decipher.final()]);
    return JSON.parse(inflateRawSync(content, { maxOutputLength: MAX_CONTENT }).toString()) as PageToken;
  } catch (cause) {
    throw invalid(
      '_page is not a page link of this server, or it was cut or changed; begin again with the search itself',
      {
        expression: 'http._page',
        rule: 'search-page',
        cause,
      },
    );
  }
}
