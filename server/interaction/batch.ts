/** batch and transaction: a Bundle at the base. https://hl7.org/fhir/R4/http.html#transaction */
import { STATUS_CODES } from 'node:http';
import { bundleJson, type JsonEntry } from '../../resources/bundle.ts';
import { stringifyJson } from '../../resources/json.ts';
import { FhirError, invalid, operationOutcome } from '../../resources/outcome.ts';
import type { Bundle } from '../../resources/types.ts';
import { rank, transaction } from '../transaction/bundle.ts';
import { type Entry, entriesOf } from '../transaction/entry.ts';
import { type Context, type FhirRequest, type FhirResponse, type Interaction, isStoredJson } from './interaction.ts';

/** So many entries of a batch are under way at once: enough to share commits, not enough to starve other requests. */
const CONCURRENCY = 16;

function entryJson(response: FhirResponse): JsonEntry {
  const { status, body, location, versionId, lastModified, issues = [] } = response;
  const resource = body && (isStoredJson(body) ? body.json : stringifyJson(body));
  const isOutcome = body && !isStoredJson(body) && body.resourceType === 'OperationOutcome';
  const outcome = isOutcome ? body : issues.length > 0 ? operationOutcome(issues) : undefined;
  return {
    ...(resource && !isOutcome ? { resource } : {}),
    response: {
      status: `${status} ${STATUS_CODES[status] ?? ''}`.trim(),
      ...(location ? { location } : {}),
      ...(versionId ? { etag: `W/"${versionId}"` } : {}),
      ...(lastModified === undefined ? {} : { lastModified: new Date(lastModified).toISOString() }),
      ...(outcome ? { outcome } : {}),
    },
  } as JsonEntry;
}

const failed = ({ status, issues }: FhirError): FhirResponse => ({ status, body: operationOutcome(issues) });

async function batchEntry({ request }: Entry, context: Context): Promise<FhirResponse> {
  try {
    return await context.dispatch(request, context);
  } catch (error) {
    if (error instanceof FhirError) return failed(error);
    throw error;
  }
}

/** Each entry alone; one that fails does not touch the others. Order: that of a transaction. */
async function batch(bundle: Bundle, request: FhirRequest, context: Context): Promise<readonly FhirResponse[]> {
  const responses: FhirResponse[] = [];
  const entries: Entry[] = [];
  entriesOf(bundle, request, context).forEach((entry, index) => {
    if (entry instanceof FhirError) responses[index] = failed(entry);
    else entries.push(entry);
  });
  for (const place of [...new Set(entries.map(rank))].sort()) {
    const group = entries.filter((entry) => rank(entry) === place);
    for (let start = 0; start < group.length; start += CONCURRENCY)
      await Promise.all(
        group.slice(start, start + CONCURRENCY).map(async (entry) => {
          responses[entry.index] = await batchEntry(entry, context);
        }),
      );
  }
  return responses;
}

export const batchOrTransaction: Interaction = {
  code: 'batch',
  parameters: [],
  async handle(request, context) {
    const bundle = request.body as Bundle | undefined;
    if (bundle?.resourceType !== 'Bundle')
      throw invalid(`The base takes a Bundle; the body is ${bundle ? `a ${request.body?.resourceType}` : 'empty'}`);
    switch (bundle.type) {
      case 'batch':
      case 'transaction': {
        const run = bundle.type === 'batch' ? batch : transaction;
        const entries = (await run(bundle, request, context)).map(entryJson);
        const type = `${bundle.type}-response` as const;
        return { status: 200, body: { json: bundleJson({ type }, entries) } };
      }
      default:
        throw invalid(
          `The Bundle at the base is of type ${bundle.type ?? '(missing)'}; expected batch or transaction. Other Bundles are stored at /Bundle`,
          { expression: 'Bundle.type' },
        );
    }
  },
};
