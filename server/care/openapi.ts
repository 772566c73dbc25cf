/** The OpenAPI 3.1 document of `/care`, from the mappings and filters. https://spec.openapis.org/oas/v3.1.0 */
import { mappings } from '../../mappings/index.ts';
import type { Mapping } from '../../mappings/mapping.ts';
import type { Schema } from '../../mappings/schema.ts';
import { VERSION } from '../version.ts';
import { filtersOf, PAGING } from './list.ts';

type Json = Readonly<Record<string, unknown>>;

const ref = (name: string): Json => ({ $ref: `#/components/schemas/${name}` });
const json = (schema: Json, type = 'application/json'): Json => ({ content: { [type]: { schema } } });
const parameter = (
  name: string,
  place: 'query' | 'path' | 'header',
  description: string,
  schema: Schema = { type: 'string' },
): Json => ({
  name,
  in: place,
  description,
  required: place === 'path',
  schema,
});

const problem = { description: 'What is wrong, by field.', ...json(ref('Problem'), 'application/problem+json') };
const ID = parameter('id', 'path', 'The id of the record.');
const IF_MATCH = parameter(
  'If-Match',
  'header',
  'The ETag of the version that is changed; 412 when it is no longer the last.',
);

const record = (name: string, description: string): Json => ({
  description,
  headers: { ETag: { description: 'The version, as W/"3".', schema: { type: 'string' } } },
  ...json(ref(name)),
});

function pathsOf(mapping: Mapping): Readonly<Record<string, Json>> {
  const { name, plural, title } = mapping;
  const lower = title.charAt(0).toLowerCase() + title.slice(1);
  const filters = Object.entries(filtersOf(mapping)).map(([each, { doc, words, example }]) => ({
    ...parameter(each, 'query', words ? `${doc} Words: ${words.join(', ')}.` : doc),
    example,
  }));
  const paging = Object.entries(PAGING).map(([each, doc]) => parameter(each, 'query', doc));
  const tags = [title];
  return {
    [`/${plural}`]: {
      get: {
        operationId: `list${name}s`,
        tags,
        summary: `A page of ${plural}`,
        parameters: [...filters, ...paging],
        responses: { 200: { description: 'A page.', ...json(ref(`${name}Page`)) }, default: problem },
      },
      post: {
        operationId: `create${name}`,
        tags,
        summary: `Make a ${lower}`,
        requestBody: { required: true, ...json(ref(name)) },
        responses: { 201: record(name, 'As it is stored.'), default: problem },
      },
    },
    [`/${plural}/{id}`]: {
      parameters: [ID],
      get: {
        operationId: `read${name}`,
        tags,
        summary: `One ${lower}`,
        responses: { 200: record(name, 'The record.'), default: problem },
      },
      put: {
        operationId: `update${name}`,
        tags,
        summary: `Write a ${lower}: fields left out are taken away, what has no field stays`,
        parameters: [IF_MATCH],
        requestBody: { required: true, ...json(ref(name)) },
        responses: { 200: record(name, 'As it is stored.'), default: problem },
      },
      patch: {
        operationId: `patch${name}`,
        tags,
        summary: `Change some fields of a ${lower}; null takes one away`,
        parameters: [IF_MATCH],
        requestBody: { required: true, ...json({ type: 'object' }, 'application/merge-patch+json') },
        responses: { 200: record(name, 'As it is stored.'), default: problem },
      },
      delete: {
        operationId: `delete${name}`,
        tags,
        summary: `Delete a ${lower}`,
        parameters: [IF_MATCH],
        responses: { 204: { description: 'It is gone.' }, default: problem },
      },
    },
    [`/${plural}/{id}/history`]: {
      parameters: [ID],
      get: {
        operationId: `history${name}`,
        tags,
        summary: `The versions of a ${lower}, the newest first`,
        parameters: [parameter('limit', 'query', PAGING.limit), parameter('page', 'query', PAGING.page)],
        responses: { 200: { description: 'A page.', ...json(ref(`${name}History`)) }, default: problem },
      },
    },
    [`/${plural}/{id}/history/{version}`]: {
      parameters: [ID, parameter('version', 'path', 'The number of a version.')],
      get: {
        operationId: `version${name}`,
        tags,
        summary: `One version of a ${lower}`,
        responses: { 200: record(name, 'The version.'), default: problem },
      },
    },
  };
}

const page = (items: Json): Json => ({
  type: 'object',
  required: ['items'],
  properties: {
    items: { type: 'array', items },
    total: { type: 'integer', description: 'How many records there are in all, when asked for.' },
    next: { type: 'string', description: 'The address of the next page; absent on the last.' },
  },
});

const version = (name: string): Json => ({
  type: 'object',
  required: ['version', 'updated', 'change'],
  properties: {
    version: { type: 'string' },
    updated: { type: 'string' },
    change: { enum: ['created', 'updated', 'deleted'] },
    record: ref(name),
  },
});

const schemasOf = ({ name, schema }: Mapping): Readonly<Record<string, unknown>> => ({
  [name]: schema,
  [`${name}Page`]: page(ref(name)),
  [`${name}History`]: page(version(name)),
});

const PROBLEM: Json = {
  type: 'object',
  required: ['type', 'title', 'status', 'detail', 'errors'],
  properties: {
    type: { type: 'string' },
    title: { type: 'string' },
    status: { type: 'integer' },
    detail: { type: 'string' },
    errors: {
      type: 'array',
      items: {
        type: 'object',
        required: ['detail'],
        properties: {
          field: { type: 'string', description: 'The field of the record.' },
          parameter: { type: 'string', description: 'The parameter or header.' },
          element: { type: 'string', description: 'FHIRPath of the element that the field stands in.' },
          detail: { type: 'string' },
        },
      },
    },
  },
};

export const openApi = (baseUrl: string): Json => ({
  openapi: '3.1.0',
  info: {
    title: 'Throughline care records',
    version: VERSION,
    description:
      'The records of a practice in its own words. Each is a FHIR resource too, under the same id, with one history.',
  },
  servers: [{ url: baseUrl }],
  paths: Object.assign({}, ...mappings.map(pathsOf)) as Json,
  components: { schemas: { ...(Object.assign({}, ...mappings.map(schemasOf)) as Json), Problem: PROBLEM } },
});
