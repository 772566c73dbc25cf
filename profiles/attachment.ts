/** Attachments: `size` and `hash` speak of `data`. https://hl7.org/fhir/R4/datatypes.html#attachment */
import { createHash } from 'node:crypto';
import type { JsonObject } from '../resources/types.ts';
import type { PropertyCheck } from './type-check.ts';
import type { Scope, Walk } from './walk.ts';

export function checkAttachment(
  { data, size, hash }: JsonObject,
  _property: PropertyCheck,
  path: string,
  _scope: Scope,
  walk: Walk,
): void {
  if (typeof data !== 'string' || (size === undefined && hash === undefined)) return;
  const bytes = Buffer.from(data, 'base64');
  if (typeof size === 'number' && size !== bytes.length)
    walk.error('invalid', 'attachment-size', path, `size says ${size} bytes, data holds ${bytes.length}`);
  if (typeof hash === 'string' && hash !== createHash('sha1').update(bytes).digest('base64'))
    walk.warning('invalid', 'attachment-hash', path, 'hash is not the SHA-1 of data in base64');
}
